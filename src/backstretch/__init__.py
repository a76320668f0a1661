"""Watch a person stretch, say whether the position is right, count the time really held.

The program is `backstretch`; from Python, ``backstretch.analyze("side_bend.mp4")`` gives the same result.
Everything named in ``__all__`` is described in `backstretch.api`, and loaded when it is first used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstretch.api import all_poses, analyze, load_track, pose
    from backstretch.errors import BackstretchError, InputError
    from backstretch.formats.track_files import Recording
    from backstretch.judging.hold_clock import Hold
    from backstretch.judging.recognition import Held
    from backstretch.judging.result import Result
    from backstretch.poses.pose import Pose

__version__ = "0.1.0"
__all__ = [
    "BackstretchError",
    "Held",
    "Hold",
    "InputError",
    "Pose",
    "Recording",
    "Result",
    "__version__",
    "all_poses",
    "analyze",
    "load_track",
    "pose",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from backstretch import api  # noqa: PLC0415 - NumPy and more, not before they are needed

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
