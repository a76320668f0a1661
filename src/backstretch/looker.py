"""Looking through a recording: pictures read ahead in a thread, and one tracker that looks at them."""

from collections.abc import Generator
from functools import partial

from backstretch.ahead import Ahead
from backstretch.detection import BystanderSearch, Detection, Landmarker
from backstretch.looking import Interest, look_at_all, look_sparsely
from backstretch.picture import Picture
from backstretch.request import Part
from backstretch.video import VideoReader

AHEAD = 3
"""Pictures that are decoded before they are wanted; of 1920 x 1080 each takes 3 MB."""


def looks(
    reader: VideoReader,
    landmarker: Landmarker,
    part: Part,
    interest: Interest | None,
    size_px: float = 0.0,
) -> Generator[Detection]:
    """Look at a part of a recording, at every picture or sparsely, and for other people.

    Args:
        reader: Reads it.
        landmarker: Looks at its pictures.
        part: The part of the recording.
        interest: Tells where every picture matters, by what was seen so far; None to look at all of them.
        size_px: How large the body is known to be, as for `look_sparsely`.
    """
    is_alone = reader.source.frames == 1
    end_s = reader.source.duration_s if part.end_s is None else part.end_s
    look = partial(_look, landmarker, BystanderSearch(landmarker), is_alone=is_alone)
    with Ahead(reader.pictures(part.start_s, part.end_s), AHEAD) as pictures:
        if interest is None:
            yield from look_at_all(pictures, look)
        else:
            yield from look_sparsely(pictures, look, interest, end_s - part.start_s, size_px)


def _look(
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
