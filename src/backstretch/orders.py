"""Orders: what keys ask of a leader, and what the leader decides."""

from dataclasses import dataclass
from enum import StrEnum

from backstretch.earcons import Earcon
from backstretch.poses import Pose
from backstretch.scene import Scene


class Command(StrEnum):
    """What a key asks for."""

    PAUSE = "pause"
    NEXT = "next"
    BACK = "back"
    PAIN = "pain"
    QUIT = "quit"


@dataclass(frozen=True)
class Say:
    """Words to speak; urgent ones come before all others."""

    words: str
    urgent: bool = False


@dataclass(frozen=True)
class Sound:
    """An earcon to play."""

    earcon: Earcon


@dataclass(frozen=True)
class Note:
    """Something for the session record."""

    what: str
    words: str


Event = Say | Sound | Note


@dataclass(frozen=True)
class Decision:
    """What a leader makes of one moment, or of a key.

    Attributes:
        scene: What is to be shown.
        events: What is to be heard and noted, in order.
        judge: The poses to judge from now on, none for a pause; what is open closes. None for no change.
    """

    scene: Scene
    events: tuple[Event, ...] = ()
    judge: tuple[Pose, ...] | None = None
