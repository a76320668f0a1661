"""Recordings in which nobody is seen: why that may be."""

import numpy as np
import pytest

from backstretch.analysis.pipeline import analyse_video
from backstretch.errors import NoticeKind
from backstretch.judging.request import Assignment, Request
from backstretch.vision.video_reader import VideoReader
from tests.figures import FRONT, standing
from tests.media import write_video


class Blind:
    """Sees nobody, unless it is asked to search."""

    def __init__(self, found=None):
        self.found = found

    def another(self, *, instead=False):
        raise NotImplementedError

    def look(self, _frame):
        return None

    def sees_another(self, *_):
        return False

    def look_beside(self, *_):
        return None

    def look_carefully(self, *_):
        return None

    def search(self, _frame):
        return self.found


@pytest.mark.parametrize(
    ("light", "found", "expected"),
    [
        (120, None, []),
        (15, None, [NoticeKind.TOO_DARK]),
        (120, standing().seen(FRONT), [NoticeKind.TOO_FAR]),
    ],
    ids=["empty", "dark", "far"],
)
def test_what_may_be_the_reason_is_said(tmp_path, light, found, expected):
    picture = np.full((48, 64, 3), light, np.uint8)
    path = write_video(tmp_path / "a.mp4", [picture] * 20, range(0, 800, 40))
    with VideoReader(path) as reader:
        result, _ = analyse_video(reader, Blind(found), Request(Assignment(())))
    assert [notice.kind for notice in result.notices] == [*expected, NoticeKind.NOBODY_SEEN]
