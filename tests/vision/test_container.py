"""What a video file states about itself."""

import pytest

from backstretch.vision.container import CAPTURE_RATE, recorded_at, speed_of


@pytest.mark.parametrize(
    ("taken_fps", "shown_fps", "applied", "is_stated"),
    [
        ("96.0", 24.0, 0.25, True),
        ("240", 29.97, 0.124875, True),
        ("60", 60.0, 1.0, False),
        ("30", 24.3, 1.0, False),
        ("30", 15.0, 1.0, True),
        ("120", 60.0, 0.5, True),
        ("2", 30.0, 15.0, True),
        ("0", 30.0, 1.0, False),
        ("nan", 30.0, 1.0, False),
        ("inf", 30.0, 1.0, False),
        ("-30", 30.0, 1.0, False),
        ("fast", 30.0, 1.0, False),
    ],
)
def test_another_speed_is_applied_where_it_is_sure(taken_fps, shown_fps, applied, is_stated):
    speed = speed_of({CAPTURE_RATE: taken_fps}, shown_fps)
    assert speed.applied == pytest.approx(applied)
    assert speed.is_stated == is_stated


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"creation_time": "2026-05-01T10:00:00.000000Z"}, "2026-05-01T10:00:00+00:00"),
        (
            {
                "creation_time": "2026-05-01T08:00:00.000000Z",
                "com.apple.quicktime.creationdate": "2026-05-01T10:00:00+0200",
            },
            "2026-05-01T10:00:00+02:00",
        ),
        ({"creation_time": "yesterday"}, ""),
        ({"date": "2026"}, ""),
        ({}, ""),
    ],
)
def test_the_time_of_recording_has_an_offset(tags, expected):
    assert recorded_at(tags) == expected
