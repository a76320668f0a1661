"""Calibrating: from what takes show to a reference, or the reason why it cannot be one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstretch.calibration.check_selection import Choice, choose
from backstretch.calibration.drafts import draft_pose
from backstretch.calibration.personal import (
    StillMatch,
    best_match,
    best_try,
    calibration_of,
    personal_pose,
    stretches,
)
from backstretch.calibration.stills import Still, is_alike, longest_position, stills_of, view_of
from backstretch.errors import Notice, TakeError
from backstretch.judging.figures import Contrast, contrasts_of, ideal_passes
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import forms_of, needed_landmarks
from backstretch.judging.step import Step
from backstretch.judging.wording import describe_others
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS, relative_columns
from backstretch.kinematics.landmarks import Floats, Landmarks
from backstretch.kinematics.neutral import (
    UPRIGHT_BELOW_DEG,
    Neutral,
    OwnNeutral,
    is_square,
    neutral_words,
)
from backstretch.kinematics.view import carries
from backstretch.poses.library import Library
from backstretch.poses.pose import Pose

LEAST_S = 1.0
"""The least time without movement in a take, in seconds."""
WRONG_VIEW_FROM_DEG = 60.0
"""From further off a picture does not carry the measures that a pose is judged by."""
PICTURE = "a single picture"


def rests_of(stills: Iterable[Still]) -> list[Contrast]:
    """Stills of the take itself that are not the new pose."""
    return [
        Contrast(
            f"what was held at {still.start_s:.0f} s", "", still.values, still.near, is_rest=True
        )
        for still in stills
    ]


def notes_on_new(pose: Pose) -> list[str]:
    """What a new pose leaves open."""
    notes = [pose.limits] if pose.limits else []
    nearest = [name.replace("_", " ") for name in pose.look_alikes]
    if nearest:
        notes.append(f"The stretches most like it are told apart from it: {', '.join(nearest)}.")
    if pose.sides == "each":
        notes.append(f"It has two sides. {pose.side_rule} If that is wrong, change it in the file.")
    notes.append(
        "Name, regions, steps, cues, safety and dose are drafts. Correct them in the file, then check it: "
        "backstretch poses check FILE"
    )
    return notes


def newly_alike(before: Pose, after: Pose, library: Library) -> list[str]:
    """Look-alikes that the library tells from a pose and the personal reference does not."""
    notes = []
    for other_id in before.look_alikes:
        other = library.poses.get(other_id)
        if other is None or not other.figure:
            continue
        pairs = [(figure, at) for figure in forms_of(other) for at in range(len(forms_of(before)))]
        is_apart = not any(ideal_passes(figure, forms_of(before)[at]) for figure, at in pairs)
        if is_apart and any(ideal_passes(figure, forms_of(after)[at]) for figure, at in pairs):
            notes.append(f"With these ranges {other.name} can be mistaken for it.")
    return notes


@dataclass(frozen=True, eq=False)
class Take:
    """One take as it was measured.

    Attributes:
        name: What it is called in messages.
        steps: All of it.
        moments: The landmarks that they were made from.
        crowd: Why it is not sure who is seen; None where it is.
    """

    name: str
    steps: Sequence[Step]
    moments: Sequence[tuple[float, Landmarks | None]] = ()
    crowd: Notice | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it is a photograph."""
        return len(self.steps) == 1


def personal_reference(
    takes: Sequence[Take],
    pose: Pose,
    others: Iterable[Pose],
    date: str,
    *,
    sides: Sequence[str] = (),
    least_s: float = LEAST_S,
) -> Pose:
    """A library pose with the ranges of whoever is seen in some takes.

    Args:
        takes: One or more takes.
        pose: The library pose.
        others: Poses that it must not be mistaken for.
        date: The day, as 2026-01-31.
        sides: Sides to calibrate; both when empty.
        least_s: How long somebody must keep still.

    Raises:
        TakeError: A take cannot be used; the message says which and why.
    """
    others = [other for other in others if other.id not in {pose.id, pose.refines}]
    matches = [each for take in takes for each in matches_in(take, pose, others, sides, least_s)]
    reference = personal_pose(pose, matches, date)
    return _with_neutral(reference, [each.still for each in matches])


def matches_in(
    take: Take, pose: Pose, others: Sequence[Pose], sides: Sequence[str], least_s: float
) -> list[StillMatch]:
    """The stills of a take that show a pose.

    Raises:
        TakeError: There is none; the message says why.
    """
    _check_people(take)
    if take.is_picture:
        _check_picture(take, pose)
    needed = frozenset().union(*(needed_landmarks(form) for form in forms_of(pose)))
    stills = _long_enough(take, stills_of(take.steps, needed), least_s)
    matches = stretches(stills, pose, sides)
    if not matches:
        raise TakeError(f"{take.name}: {_why_not(stills, pose, others, sides)}")
    other_forms = [form for other in others for form in forms_of(other)]
    for each in matches:
        look_alike = best_match(each.still, other_forms)
        if look_alike is not None and each.verdict.state is not State.IN:
            raise TakeError(f"{take.name}: this looks like {look_alike.pose.name}, not {pose.name}")
    if words := wrong_view(pose, matches[0].still):
        raise TakeError(f"{take.name}: {words}")
    return matches


def new_reference(
    takes: Sequence[Take],
    id_and_name: tuple[str, str],
    library: Iterable[Pose],
    date: str,
    *,
    side: str | None = None,
    least_s: float = LEAST_S,
) -> tuple[Pose, Choice]:
    """A new pose from takes that show it.

    Args:
        takes: One or more takes; what is held in them besides, such as standing before, is what it must be
            told from.
        id_and_name: Its id and its name; the name may be empty.
        library: The poses that it must be told from.
        date: The day, as 2026-01-31.
        side: The worked side, where it is known.
        least_s: How long somebody must keep still.

    Raises:
        TakeError: A take cannot be used, or nothing tells the position from others.
    """
    held: list[Still] = []
    rests: list[Still] = []
    for take in takes:
        _check_people(take)
        stills = _long_enough(take, stills_of(take.steps), least_s)
        ours = (
            [still for still in stills if is_alike(still, held[0])]
            if held
            else longest_position(stills)
        )
        if not ours:
            raise TakeError(f"{take.name}: shows another position than the other takes")
        held += ours
        rests += [still for still in stills if still not in ours]
    first = held[0]
    view = view_of(first)
    contrasts = [*rests_of(rests), *contrasts_of(library, view)]
    choice = choose(_middle(held), _spread(held), view, contrasts, side)
    unlike = next((each.name for each in choice.alike if not each.pose), "")
    if unlike:
        raise TakeError(f"{takes[0].name}: the position cannot be told from {unlike}")
    record = replace(
        calibration_of(held, choice.side or "both", date), neutral=_neutral_words(first)
    )
    return draft_pose(*id_and_name, choice, first, record), choice


def neutral_reference(take: Take, date: str, *, least_s: float = LEAST_S) -> OwnNeutral:
    """Somebody's own neutral from a take in which they sit or stand upright and look ahead.

    Raises:
        TakeError: There is no such moment in it.
    """
    _check_people(take)
    stills = _long_enough(take, stills_of(take.steps), least_s)
    neutral = next((n for still in reversed(stills) if (n := _neutral_in(take, still))), None)
    if neutral is None:
        words = "there is no moment of sitting or standing upright, looking straight ahead and keeping still"
        raise TakeError(f"{take.name}: {words}")
    own_neutral = OwnNeutral.of(neutral, date)
    visible = {
        key: value
        for key, value in own_neutral.values.items()
        if carries(COLUMNS[COLUMN_INDEX[key]].measure, own_neutral.view)
    }
    return replace(own_neutral, values=visible)


def is_upright(still: Still) -> bool:
    """Whether somebody sits or stands upright in a still."""
    return bool(still.values[COLUMN_INDEX["trunk_incl"]] < UPRIGHT_BELOW_DEG)


def _neutral_in(take: Take, still: Still) -> Neutral | None:
    """The neutral that a still is; None where it is none."""
    before = next(step.neutral for step in take.steps if step.time_s == still.end_s)
    if before is None or not is_upright(still):
        return None
    # Relative values of a still are counted from the neutral before it, and none in that itself.
    offsets = np.where(relative_columns(), np.nan_to_num(still.values), 0.0)
    neutral = replace(before, values=before.values + offsets)
    return neutral if neutral.upright and is_square(neutral) else None


def _check_people(take: Take) -> None:
    if all(step.landmarks is None for step in take.steps):
        raise TakeError(f"{take.name}: nobody is seen in it; step into the picture, in good light")
    if take.crowd:
        raise TakeError(f"{take.name}: {describe_others(take.crowd)}; be alone in the picture")


def _check_picture(take: Take, pose: Pose) -> None:
    """A photograph cannot show movement, nor what is counted from rest."""
    relative = [
        check.measure.label for check in pose.checks if check.required and check.measure.relative
    ]
    if pose.guided:
        raise TakeError(
            f"{take.name}: is {PICTURE}, but {pose.name} is recognised by its movement; use a video"
        )
    if relative:
        raise TakeError(
            f"{take.name}: is {PICTURE}, but the {relative[0]} is measured from rest; use a video that"
            " begins with you upright"
        )


def _long_enough(take: Take, stills: list[Still], least_s: float) -> list[Still]:
    if take.is_picture:
        return stills
    enough = [still for still in stills if still.seconds >= least_s - 1e-6]
    if enough:
        return enough
    length_s = take.steps[-1].time_s - take.steps[0].time_s
    if length_s < least_s:
        raise TakeError(
            f"{take.name}: is {length_s:.1f} s long; you must keep still for {least_s:g} s"
        )
    longest_s = max((still.seconds for still in stills), default=0.0)
    length = f"{longest_s:.1f} s at most" if longest_s else "less than one second"
    raise TakeError(f"{take.name}: you keep still for {length}; {least_s:g} s are needed")


def _why_not(stills: list[Still], pose: Pose, others: Sequence[Pose], sides: Sequence[str]) -> str:
    """Why no still of a take shows a pose, in words."""
    if sides and stretches(stills, pose):
        return f"shows {pose.name} on the other side, not on the one that you asked for"
    other_forms = [form for other in others for form in forms_of(other)]
    found = [best_match(still, other_forms) for still in stills]
    look_alike = next((form for form in found if form is not None), None)
    if look_alike is not None:
        return f"this looks like {look_alike.pose.name}, not {pose.name}"
    best = best_try(stills, pose, sides)
    return (
        f"{pose.name} is not seen in it: {best.refusal}"
        if best and best.refusal
        else (
            "it begins in the stretch; begin sitting, standing or lying at rest, so that I know where you start"
        )
    )


def wrong_view(pose: Pose, still: Still) -> str:
    """Why a camera at this place cannot tell a pose, in words; empty where it can."""
    views = [view_of(still), view_of(replace(still, neutral=None))]
    off_deg = min(view.off(name) for view in views for name in pose.views)
    if off_deg <= WRONG_VIEW_FROM_DEG:
        return ""
    view_name = pose.views[0].replace("_", " ")
    return f"the camera sees you {views[0].words}; {pose.name} wants the {view_name} view"


def _with_neutral(pose: Pose, stills: Sequence[Still]) -> Pose:
    """The pose with the neutral it was measured from in its record."""
    if pose.calibration is None:
        return pose
    return replace(pose, calibration=replace(pose.calibration, neutral=_neutral_words(stills[0])))


def _neutral_words(still: Still) -> str:
    if still.neutral is not None:
        return neutral_words(still.neutral)
    return f"your own neutral, of {still.own_neutral_date}" if still.own_neutral_date else "none"


def _middle(stills: Sequence[Still]) -> Still:
    """One still with the median of several."""
    values = np.median([still.values for still in stills], axis=0)
    return replace(stills[0], values=values)


def _spread(stills: Sequence[Still]) -> Floats:
    """(M,) standard deviation within and between stills."""
    within = np.mean([still.spread**2 for still in stills], axis=0)
    between = np.var([still.values for still in stills], axis=0, ddof=1) if len(stills) > 1 else 0.0
    spread: Floats = np.sqrt(within + between)
    return spread
