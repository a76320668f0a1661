"""What was practised: the values that a history keeps and that progress is told from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from backstretch.views import View


@dataclass(frozen=True)
class Sitting:
    """One recorded session.

    Attributes:
        id: Its number in the history.
        profile: Whose it is; empty for the one person who never said a name.
        began: When, with the offset of the place: days are those of the place.
        kind: ``live`` or ``analyze``.
        title: What was done, in words.
        valid_s, wrong_s, unseen_s: Its totals.
        pain: Whether the person told of pain.
        soreness: How sore they said they were, 0 to 10; None if that was not asked or skipped.
    """

    id: int
    profile: str
    began: datetime
    kind: str
    title: str
    valid_s: float
    wrong_s: float
    unseen_s: float
    pain: bool
    soreness: int | None


class PractisedHold(NamedTuple):
    """One hold of a recorded session; a tuple, since there may be many.

    Attributes:
        sitting: Number of its session.
        began: When its session began.
        pose: Id of the pose.
        side: ``left`` or ``right`` for poses with sides, else None.
        valid_s: Seconds that counted.
        complete: Whether it made one repetition.
        view: From where the camera saw the person; None if unknown.
        measures: The value of each measure whose direction means range of motion (the best of the
            hold), by the label of the pose's check: (value, unit ``deg`` or ``ratio``).
    """

    sitting: int
    began: datetime
    pose: str
    side: str | None
    valid_s: float
    complete: bool
    view: View | None
    measures: Mapping[str, tuple[float, str]] = MappingProxyType({})
