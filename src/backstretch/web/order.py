"""What a page asks to be led through, and the session that comes of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from rich.console import Console

from backstretch.coaching.coach import Coach
from backstretch.coaching.speaking import CLEAR_FLOOR
from backstretch.errors import BackstretchError, InputError
from backstretch.history.health import PAIN_ADVICE, load_answers, soreness_advice
from backstretch.history.profile import (
    SESSIONS,
    answers_path,
    check_profile,
    data_folder,
    own_poses,
    saved_neutral,
)
from backstretch.history.saving import remember_sessions
from backstretch.history.today import advice_today
from backstretch.judging.wording import describe_notice
from backstretch.live.led_session import CoachedSession
from backstretch.live.plan import Plan, Wish, plan_of
from backstretch.live.run import INTERRUPTED, Machine, Setup, run_live
from backstretch.poses.library import Library, builtin_poses, open_library
from backstretch.web.visit import Eye, Visit

CAMERAS = {Eye.PAGE: "the camera of the page", Eye.PHONE: "the camera of the phone"}
SIDES = {"both": (), "left": ("left",), "right": ("right",)}
HOLD_S, REPETITIONS = (1.0, 120.0), (1, 20)
MOST_SORE = 10


@dataclass(frozen=True)
class Asked:
    """What a page asks for.

    Attributes:
        name: The id of a stretch or set.
        wish: Side and dose.
        who: The person's profile; empty for `profile.YOU`.
        anyway: Whether the person goes on although the stretch is not advised for them.
        soreness: How sore they say they are, 0 to 10, None if they skipped the question; empty if not asked.
        eye: Whose camera gives the pictures.
    """

    name: str
    wish: Wish
    who: str
    anyway: bool
    soreness: tuple[int | None, ...] = ()
    eye: Eye = Eye.PAGE

    @classmethod
    def of(cls, value: Any) -> Self:
        """Read it from what a page says.

        Raises:
            InputError: It cannot be read.
        """
        try:
            hold_s, repetitions = value.get("hold_s"), value.get("repetitions")
            wish = Wish(
                SIDES[value.get("side", "both")],
                None if hold_s is None else _within(float(hold_s), HOLD_S),
                None
                if repetitions is None
                else min(max(int(repetitions), REPETITIONS[0]), REPETITIONS[1]),
            )
            who, name = check_profile(str(value.get("who", ""))), str(value["name"])
            sore = (_soreness(value["sore"]),) if "sore" in value else ()
            eye = Eye(value.get("camera", Eye.PAGE))
            return cls(name, wish, who, value.get("anyway") is True, sore, eye)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise InputError("the page asked for something that cannot be read") from error


def library_of(who: str) -> Library:
    """The library with somebody's own poses."""
    return open_library(builtin_poses(), [own_poses(""), own_poses(who)])


def begin(asked: Asked, visit: Visit) -> Callable[[], None] | str:
    """The order for the desk; or a question, where a stretch is not advised for the person.

    Raises:
        InputError: There is no such stretch, set or camera, or nothing of the set is left.
    """
    check_eye(asked.eye, visit)
    library = library_of(asked.who)
    chosen = library.poses.get(asked.name) or library.find_set(asked.name)
    plan = plan_of(chosen, library.poses, asked.wish, load_answers(answers_path(asked.who)))
    if plan.objection and not asked.anyway:
        return plan.objection
    return lambda: _lead(asked, plan, visit)


def _lead(asked: Asked, plan: Plan, visit: Visit) -> None:
    """Lead through a session, on the main thread.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; what was held is saved.
    """
    visit.begin(asked.name, asked.eye)
    today, _ = advice_today(asked.who)
    sore = [soreness_advice(value) for value in asked.soreness if value is not None]
    advice = (*today.lines, *filter(None, sore))
    coach = Coach(
        plan.programme,
        welcome=(*advice, *map(describe_notice, plan.warnings), CLEAR_FLOOR),
        remarks=plan.left_out,
        pain_advice=PAIN_ADVICE,
    )
    session = CoachedSession(
        plan.programme, coach, sides=asked.wish.sides, own_neutral=saved_neutral(asked.who)
    )
    setup = Setup(
        machine=machine_of(visit),
        sessions=data_folder() / SESSIONS,
        track=False,
        video=False,
        soreness=asked.soreness,
        notices=plan.warnings,
        profile=asked.who,
    )
    try:
        outcome = run_live(setup, session, lambda line: visit.tell({"remark": line}))
    except BackstretchError as error:
        visit.tell({"refused": str(error)})
        return
    remember_sessions()
    if outcome.why == INTERRUPTED:
        raise KeyboardInterrupt


def check_eye(eye: Eye, visit: Visit) -> None:
    """Refuse a camera that there is not.

    Raises:
        InputError: There is no such camera.
    """
    if eye is Eye.PROGRAM and not visit.camera:
        raise InputError("start the program with --camera to use its own camera")
    if eye is Eye.PHONE and not visit.has_phone:
        raise InputError("no phone is connected; connect it first, or choose another camera")


def machine_of(visit: Visit) -> Machine:
    """The devices of a session on the page, which has begun."""
    camera = CAMERAS.get(visit.eye, visit.camera)
    terminal = Console(stderr=True)
    return Machine(camera, None, windowless=True, silent=False, terminal=terminal, page=visit)


def _within(value: float, limits: tuple[float, float]) -> float:
    """The value, or the limit that it is beyond.

    Raises:
        ValueError: It is no number.
    """
    if math.isnan(value):
        raise ValueError("not a number")
    return min(max(value, limits[0]), limits[1])


def _soreness(value: Any) -> int | None:
    """An answer to how sore somebody is; None for a skipped one.

    Raises:
        ValueError: It is no number from 0 to 10.
    """
    if value is None:
        return None
    if int(value) not in range(MOST_SORE + 1):
        raise ValueError("not from 0 to 10")
    return int(value)
