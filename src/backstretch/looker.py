"""Opening a sampler: pictures of a recording are read ahead in a thread, and one landmarker looks at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from backstretch.ahead import Ahead
from backstretch.detection import BystanderSearch, Detection, Landmarker
from backstretch.looking import EveryPicture, Sampler, SparseSampler
from backstretch.picture import Picture
from backstretch.request import Part
from backstretch.video import VideoReader

AHEAD = 3
"""Pictures that are decoded before they are wanted; of 1920 x 1080 each takes 3 MB."""


@contextmanager
def open_sampler(
    reader: VideoReader,
    landmarker: Landmarker,
    part: Part,
    *,
    every_frame: bool,
    size_px: float = 0.0,
) -> Iterator[Sampler]:
    """Begin to look at a part of a recording, and for other people.

    Args:
        reader: Reads it.
        landmarker: Looks at its pictures.
        part: The part of the recording.
        every_frame: Whether to look at every picture, not only where it matters.
        size_px: How large the body is known to be, as for `SparseSampler`.
    """
    is_alone = reader.source.frames == 1
    end_s = reader.source.duration_s if part.end_s is None else part.end_s
    detect = partial(_detect, landmarker, BystanderSearch(landmarker), is_alone=is_alone)
    with Ahead(reader.pictures(part.start_s, part.end_s), AHEAD) as pictures:
        if every_frame:
            yield EveryPicture(pictures, detect)
        else:
            yield SparseSampler(pictures, detect, end_s - part.start_s, size_px)


def _detect(
    landmarker: Landmarker, bystanders: BystanderSearch, picture: Picture, *, is_alone: bool
) -> Detection | None:
    """Look at a picture; not at one that is damaged, and harder at one that is alone."""
    frame = picture.frame()
    if frame is None:
        return None
    marks = landmarker.look(frame)
    if marks is None and is_alone:
        marks = landmarker.search(frame)
    return Detection(picture.time_s, marks, bystanders.search(frame, marks))
