"""Orders: what keys ask of the coach, and what the coach asks to be done."""

from dataclasses import dataclass
from enum import StrEnum

from backstretch.earcons import Earcon
from backstretch.poses import Pose


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
class Judge:
    """From now on judge these poses; none is a pause. What is open closes."""

    poses: tuple[Pose, ...]


@dataclass(frozen=True)
class Note:
    """Something for the session record."""

    what: str
    words: str


Event = Say | Sound | Judge | Note
