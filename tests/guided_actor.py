"""An obedient actor: a stick figure that does what the guide says, or misbehaves as it is told to."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from math import acos, pi, sin
from typing import Any, Self

import numpy as np

from backstretch.calibration.goals import CHECK_SHOWN, PersonalGoal
from backstretch.calibration.guide import Guide
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.scene import Command, Earcon, Event, Note, Phase, Say, Scene, Sound
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import COUNT, Landmarks
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.live.led_session import LedSession
from backstretch.poses.pose import Calibration, Pose
from tests.figures import FRONT, Direction, Figure, Pair, reaching, side_bend, standing
from tests.library import LIBRARY

BEND = LIBRARY.poses["standing_side_bend"]
BEND_DEG = 30.0
REACH = reaching(5.0)
"""Another stretch: both arms overhead."""
DATE = "2026-01-31"
ADVICE = ("Rest now.", "See a doctor.")
"""What is said of pain here."""

FPS = 5.0
"""Moments a second: enough to tell stillness, few enough for quick tests."""
MOVE_S = 2.0
"""From rest into the stretch, and back."""
NOISE_PX = 1.0
TOO_LONG_S = 400.0
"""No session goes on for longer."""
ASIDE_PX = 300.0
"""Half of the body is then outside of the picture."""
SWAY_S = 1.0
LIGHT = Surroundings(light=120.0)


class Deed(Enum):
    """What the actor does, which is not always what it is asked for."""

    REST = auto()
    STRETCH = auto()
    OTHER = auto()
    FIDGET = auto()
    HALF_OUT = auto()
    LEAVE = auto()
    TURN_AWAY = auto()


@dataclass(repr=False, eq=False)
class Actor:
    """Somebody who is led by a guide; keeps what the guide did, each with its time.

    Attributes:
        session: The guide and its session.
        stretch: What it holds on the left side, or on both at once; on the right side it is mirrored.
        rest: How it is before and after.
        other: Another stretch.
        right: What it holds on the right side; None for the mirror image.
        camera_deg: From where it is seen.
        waiting, easing, checking: What it does while the stretch is awaited, when it should come out,
            and in the check.
        takes: What it does in one take after the other; the last goes on.
        surroundings: What the guide is told of the surroundings.
        fps: Moments a second.
        time_s: The time of the next moment.
        tried: Takes so far, good or not.
    """

    session: LedSession[Guide]
    stretch: Figure
    rest: Figure = field(default_factory=standing)
    other: Figure = field(default_factory=standing)
    right: Figure | None = None
    camera_deg: float = FRONT
    waiting: Deed = Deed.STRETCH
    takes: Sequence[Deed] = (Deed.STRETCH,)
    easing: Deed = Deed.REST
    checking: Deed = Deed.STRETCH
    surroundings: Surroundings = LIGHT
    fps: float = FPS

    def __post_init__(self) -> None:
        self.time_s = 0.0
        self.tried = 0
        self.events: list[tuple[float, Event]] = []
        self.scenes: list[tuple[float, Scene]] = []
        self._random = np.random.default_rng(1)
        self._at = self._from = self._to = self.rest
        self._left_s = 0.0
        self._phase = Phase.PLACING

    @property
    def guide(self) -> Guide:
        """Who leads it."""
        return self.session.leader

    def once_more(self, **habits: Any) -> Self:
        """The same moment of the same session, from which on it behaves in another way."""
        again = deepcopy(self)
        for name, value in habits.items():
            setattr(again, name, value)
        return again

    def act(self, seconds: float, until: Callable[[], bool] = lambda: False) -> Self:
        """Go on for so long, or until something is so."""
        end_s = self.time_s + seconds
        while not until() and self.time_s < end_s:
            self._moment()
        return self

    def until(self, reached: Callable[[], bool]) -> Self:
        """Go on until this is so."""
        self.act(TOO_LONG_S, until=reached)
        assert reached(), f"it never came: {self.guide.phase}, {self.said[-3:]}"
        return self

    def to_the(self, phase: Phase) -> Self:
        """Go on until the guide has come to this phase."""
        return self.until(lambda: self.guide.phase is phase)

    def to_the_end(self) -> Self:
        """Go on until the guide is done."""
        return self.until(lambda: bool(self.guide.end_reason))

    def press(self, *commands: Command) -> Self:
        """Press keys."""
        for command in commands:
            self._keep(self.session.command(command))
        return self

    def _moment(self) -> None:
        self._keep(self.session.push(self.time_s, self._seen(), self.surroundings)[1])
        self.scenes.append((self.time_s, self.guide.scene))
        self.time_s += 1.0 / self.fps
        phase = self.guide.phase
        if phase is not self._phase:
            self.tried += phase is Phase.TAKING
            self._phase = phase

    def _keep(self, events: Sequence[Event]) -> None:
        self.events += [(self.time_s, event) for event in events]

    @property
    def deed(self) -> Deed:
        """What it does now."""
        phase = self.guide.phase
        if phase is Phase.TAKING:
            return self.takes[min(self.tried, len(self.takes)) - 1]
        if phase in {Phase.TRYING, Phase.HOLDING}:
            return self.checking if self.guide.scene.line == CHECK_SHOWN else self.waiting
        return self.easing if phase is Phase.EASING else Deed.REST

    def _seen(self) -> Landmarks | None:
        deed = self.deed
        self._move_to(self._wanted(deed))
        if deed is Deed.LEAVE:
            return None
        marks = self._at.seen(self.camera_deg + 90.0 * (deed is Deed.TURN_AWAY))
        xy = marks.xy_px + self._random.normal(0.0, NOISE_PX, (COUNT, 2))
        xy += (ASIDE_PX * (deed is Deed.HALF_OUT), 0.0)
        return Landmarks(xy, marks.world_m, marks.visibility, marks.image_wh)

    def _wanted(self, deed: Deed) -> Figure:
        sways = deed is Deed.FIDGET and int(self.time_s / SWAY_S) % 2 == 0
        if deed is Deed.REST or sways:
            return self.rest
        figure = self.other if deed is Deed.OTHER else self.stretch
        if self.guide.scene.form.side != "right":
            return figure
        is_own = deed is not Deed.OTHER and self.right is not None
        return self.right if is_own and self.right else figure.mirrored()

    def _move_to(self, figure: Figure) -> None:
        if figure != self._to:
            self._from, self._to, self._left_s = self._at, figure, MOVE_S
        self._left_s = max(0.0, self._left_s - 1.0 / self.fps)
        self._at = between(self._from, self._to, 1.0 - self._left_s / MOVE_S)

    def _all(self, kind: type[Any]) -> list[Any]:
        return [event for _, event in self.events if isinstance(event, kind)]

    @property
    def said(self) -> list[str]:
        """All words."""
        return [event.words for event in self._all(Say)]

    @property
    def record(self) -> Calibration:
        """What is on record of the pose that was made."""
        made = self.guide.result
        assert isinstance(made, Pose)
        assert made.calibration is not None
        return made.calibration

    @property
    def shown(self) -> set[str]:
        """All lines and titles that were shown."""
        return {words for _, scene in self.scenes for words in (scene.title, scene.line)}

    @property
    def sounds(self) -> list[Earcon]:
        """All earcons."""
        return [event.earcon for event in self._all(Sound)]

    @property
    def judged(self) -> list[str]:
        """What became of each take."""
        return [event.words for event in self._all(Note) if event.what == "take"]

    def times_of(self, words: str) -> list[float]:
        """When this was said."""
        return [t for t, event in self.events if isinstance(event, Say) and event.words == words]


def between(one: Figure, other: Figure, share: float) -> Figure:
    """A figure on its way from one to the other; each part turns evenly."""

    def part(name: str) -> Direction:
        return turned(getattr(one, name), getattr(other, name), share)

    def pair(name: str) -> Pair:
        left, right = zip(getattr(one, name), getattr(other, name), strict=True)
        return turned(*left, share), turned(*right, share)

    def degrees(name: str) -> float:
        start, end = getattr(one, name), getattr(other, name)
        return float(start + share * (end - start))

    return Figure(
        *(part("trunk"), part("neck")),
        *(pair("arms"), pair("forearms"), pair("thighs"), pair("shanks")),
        *(degrees("twist_deg"), degrees("turn_deg"), degrees("tilt_deg"), degrees("nod_deg")),
    )


def turned(one: Direction, other: Direction, share: float) -> Direction:
    """A direction on its way from one to the other, which is not the opposite one."""
    start, end = np.array(one), np.array(other)
    angle = acos(float(np.clip(start @ end, -1.0, 1.0)))
    if angle < 1e-6 or angle > pi - 1e-6:
        return other if share > 0.0 else one
    x, y, z = (sin((1.0 - share) * angle) * start + sin(share * angle) * end) / sin(angle)
    return float(x), float(y), float(z)


def begun(
    *sides: str,
    stretch: Figure | None = None,
    camera_deg: float = FRONT,
    mirrored: bool = False,
    own_neutral: OwnNeutral | None = None,
) -> Actor:
    """Somebody at the beginning of takes of a side bend."""
    goal = PersonalGoal(BEND, LIBRARY.recognised, DATE, ())
    guide = Guide(goal, sides, pain_advice=ADVICE)
    session = LedSession(guide, Session((BEND,), own_neutral=own_neutral), mirrored=mirrored)
    return Actor(session, stretch or side_bend(BEND_DEG), other=REACH, camera_deg=camera_deg)


@cache
def _obeyed(phase: Phase, sides: tuple[str, ...]) -> Actor:
    if phase in {Phase.PLACING, Phase.READY, Phase.TRYING}:
        return begun(*sides).to_the(phase)
    return _obeyed(Phase.TRYING, sides).once_more().to_the(phase)


def at(phase: Phase, *sides: str, **habits: Any) -> Actor:
    """Somebody who has obeyed until this phase came; one take of the left side when nothing is told."""
    return _obeyed(phase, sides or ("left",)).once_more(**habits)


def bending(*sides: str, **habits: Any) -> Actor:
    """Somebody who is asked for the first take of a side bend."""
    return at(Phase.TRYING, *sides, **habits)
