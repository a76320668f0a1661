"""Poses in the terminal: the library's list, one stretch, the sets, and the outcome of a calibration.

A calibration is shown check by check, before and after, with what that means in words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.display.pictures.figure import figure_text
from backstretch.display.terminal.layout import WIDEST, facts, lines
from backstretch.kinematics.landmarks import SIDES
from backstretch.kinematics.view import View
from backstretch.poses.library import Library, PoseSet
from backstretch.poses.pose import NOT_FOR, Check, Dose, Pose, Reach, measure_words

NEWLINE = "\n"
ONE_LINE = 120
"""Columns from which on a pose's name, id and all that is listed of it stand in one line."""
SYMBOLS = {"deg": "°", "ratio": ""}
OWN, PERSONAL = "yours", "your own reference"
SIDES_WORDS = {
    "both": "both at once",
    "each": "each side by itself",
    "left": "left; the right side is mirrored from it",
    "right": "right; the left side is mirrored from it",
}
NEEDS_WORDS = {"always": "yes", "if seen": "if seen", "form": "form only"}
NEUTRAL_WORDS = {"none": "not seen before the stretch"}
CLEAR: dict[tuple[str, str], float] = {
    ("deg", "image"): 12.0,
    ("deg", "world"): 20.0,
    ("ratio", "image"): 0.12,
    ("ratio", "world"): 0.2,
}
"""A left-right difference that is worth mentioning, by unit and frame (research, section D)."""


def show_list(poses: Iterable[Pose], library: Library, console: Console) -> None:
    """Print a table of poses; where it is narrow, with each id below its name."""
    found = list(poses)
    if not found:
        console.print("No stretch matches. To see all of them: backstretch poses list")
        return
    is_wide = console.width >= ONE_LINE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("Stretch", "For", "Position", "Hold", *(["Id"] if is_wide else [])):
        table.add_column(name, no_wrap=name in {"Stretch", "Hold", "Id"})
    for pose in found:
        title, own = Text(pose.name), Text(_named(pose, library), "dim")
        hold = range_words(pose.dose.seconds, " s")
        side = "" if pose.sides == "both" else f"{' ' if is_wide else NEWLINE}each side"
        cells = [_words(pose.regions), _words(pose.positions), hold + side]
        if is_wide:
            table.add_row(title, *cells, own)
        else:
            table.add_row(Text(NEWLINE).join([title, own]), *cells)
    console.print(table)
    known = "1 stretch" if len(found) == 1 else f"{len(found)} stretches"
    console.print(f"{known}. For more about one: backstretch poses show ID", style="dim")


def show_pose(pose: Pose, library: Library, console: Console) -> None:
    """Print one pose in full."""
    parts: list[RenderableType] = []
    if pose.also:
        parts.append(Text(f"also: {', '.join(pose.also)}", style="dim"))
    parts += [Text(), _facts(pose, library)]
    drawing = figure_text(pose)
    if drawing:
        view = pose.views[0].replace("_", " ")
        words = f"seen from the {view}" + (", the left side" if pose.sides == "each" else "")
        parts += [Text(), *(Text(line) for line in drawing), Text(words, "dim")]
    steps = [f"{number}. {step}" for number, step in enumerate(pose.steps, start=1)]
    parts += _section("Steps", steps)
    parts += [Text(), Text("What is checked", style="bold"), *_checks(pose)]
    unfit = [NOT_FOR[reason] for reason in pose.not_for]
    safety = [pose.safety]
    if unfit:
        safety.append(f"Not with {', '.join(unfit)}, unless a clinician has cleared it.")
    parts += _section("Safety", safety)
    if pose.limits or pose.guided:
        parts += _section(
            "What the camera cannot tell", [t for t in (pose.limits, pose.guided) if t]
        )
    apart = [f"{_words([name])}: {words}" for name, words in pose.look_alikes.items()]
    parts += _section("How it differs from", apart)
    parts += _section("Sources", pose.sources)
    title = Text(f"{pose.name}", style="bold")
    width = min(console.width, WIDEST)
    console.print(
        Panel(Group(*parts), title=title, title_align="left", padding=(1, 2), width=width)
    )


def show_sets(sets: Iterable[PoseSet], library: Library, console: Console) -> None:
    """Print each set with its stretches."""
    for each in sets:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for name in ("Stretch", "Sides", "Hold", "Times"):
            table.add_column(name, justify="right" if name in {"Hold", "Times"} else "left")
        for stretch in each.stretches:
            sides = "left, right" if len(stretch.sides) > 1 else ""
            name = library.poses[stretch.pose].name
            table.add_row(name, sides, f"{stretch.hold_s:g} s", f"{stretch.repetitions}")
        minutes = max(1, round(each.seconds / 60))
        console.print(
            Text.assemble((each.name, "bold"), (f"  {each.id}, about {minutes} min", "dim"))
        )
        console.print(Padding(Text(each.about), (0, 0, 0, 2)))
        console.print(Padding(table, (0, 0, 0, 2)))
        for words in each.remarks:
            console.print(Padding(Text(words), (0, 0, 0, 2)))
        console.print(Padding(Text(f"Rest {each.rest_s:g} s. {each.source}.", "dim"), (0, 0, 1, 2)))


def _facts(pose: Pose, library: Library) -> Table:
    rows = [("Id", _whose(pose, library))]
    if pose.refines:
        rows.append(("Refines", f"{pose.refines}; for the library's ranges, add --library"))
    rows += calibration_rows(pose)
    rows += [("For", _words(pose.regions)), ("Position", _words(pose.positions))]
    rows.append(("You need", ", ".join(pose.equipment)))
    rows.append(("Side", pose.side_rule))
    rows.append(("Dose", _dose(pose.dose)))
    rows.append(("Camera", pose.camera))
    rows.append(("Tags", _words(pose.tags)))
    return facts(rows)


def _named(pose: Pose, library: Library) -> str:
    return f"{pose.id} ({_origin(pose)})" if pose.id in library.own_ids else pose.id


def _whose(pose: Pose, library: Library) -> str:
    """The id; with the owner and the file if it is not the library's."""
    if pose.id not in library.own_ids:
        return pose.id
    return f"{pose.id} ({_origin(pose)}: {library.paths[pose.id]})"


def _origin(pose: Pose) -> str:
    return PERSONAL if pose.refines else OWN


def calibration_rows(pose: Pose) -> list[tuple[str, str]]:
    """When, from what and from where a pose was calibrated; nothing where it was not."""
    calibration = pose.calibration
    if calibration is None:
        return []
    takes = "1 still" if calibration.takes == 1 else f"{calibration.takes} stills"
    length = f", {calibration.seconds:.1f} s together" if calibration.seconds else ", a photograph"
    neutral = NEUTRAL_WORDS.get(calibration.neutral, calibration.neutral)
    return [
        ("Calibrated", f"{calibration.date}, from {takes}{length}"),
        ("Sides", SIDES_WORDS[calibration.sides]),
        ("Seen", View(*calibration.view).words),
        ("Rest", neutral),
    ]


def _dose(dose: Dose) -> str:
    times = range_words(dose.repetitions, " times")
    return f"hold {range_words(dose.seconds, ' s')} ({dose.default_s:g} s), {times}; {dose.source}"


def _checks(pose: Pose) -> list[RenderableType]:
    """The table of checks; one for each side if the sides have ranges of their own."""
    if not any(check.right for check in pose.checks):
        return [_check_table(pose, None)]
    return [
        part
        for side in SIDES
        for part in (Text(f"\n{side.capitalize()} side"), _check_table(pose, side))
    ]


def _check_table(pose: Pose, side: str | None) -> Table:
    is_measured = pose.calibration is not None
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Measure")
    for name in ("You", "Counts") if is_measured else ("Good", "Counts"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("Needed", no_wrap=True)
    table.add_column("Cue")
    for check in pose.checks:
        own, symbol = shown_on(check, side), SYMBOLS[check.measure.unit]
        cues = list(dict.fromkeys(cue for cue in (check.below, check.above) if cue))
        first = reach_words(own) if is_measured else range_words(own.good, symbol)
        cells = [first, range_words(own.accept, symbol)]
        table.add_row(measure_words(check), *cells, NEEDS_WORDS[check.need], " / ".join(cues))
    return table


def shown_on(check: Check, side: str | None) -> Check:
    """The check as it is for one side of a pose whose sides were measured each by itself."""
    if side == "right" and check.right is None:
        return replace(check, measured=None)  # not seen there; what counts is as on the left
    return check.on(side)


def reach_words(check: Check) -> str:
    """A measured value with its spread: ``72 ± 2°``."""
    if check.measured is None:
        return "not seen"
    digits = 0 if check.measure.unit == "deg" else 2
    at, spread = round(check.measured.median, digits) + 0.0, check.measured.spread
    symbol = SYMBOLS[check.measure.unit]
    return f"{at:.{digits}f} ± {max(spread, 10.0**-digits):.{digits}f}{symbol}"


def _section(title: str, lines: Iterable[str]) -> list[RenderableType]:
    parts: list[RenderableType] = [Padding(Text(line), (0, 0, 0, 1)) for line in lines]
    return [Text(), Text(title, style="bold"), *parts] if parts else []


def range_words(span: tuple[float, float], unit: str) -> str:
    """``5-75°``, or ``-10 to 20°``."""
    low, high = span
    if low == high:
        return f"{low:g}{unit}"
    return f"{low:g} to {high:g}{unit}" if low < 0.0 else f"{low:g}-{high:g}{unit}"


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def show_personal(before: Pose, after: Pose, console: Console, notes: Sequence[str]) -> None:
    """Print how a library pose was changed by a calibration."""
    parts: list[RenderableType] = [facts(calibration_rows(after))]
    for side, title in shown_sides(after):
        parts += [Text(), Text(title, style="bold"), _changes(before, after, side)]
    parts += _notes([*differences(after), *notes])
    _panel(f"{before.name}: your own reference", parts, console)


def show_new(pose: Pose, console: Console, notes: Sequence[str]) -> None:
    """Print what a new pose is judged by."""
    parts: list[RenderableType] = [facts(calibration_rows(pose))]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("Measure", "You", "Good", "Counts", "Needed"):
        table.add_column(name, justify="left" if name in {"Measure", "Needed"} else "right")
    for check in pose.checks:
        symbol = SYMBOLS[check.measure.unit]
        needed = NEEDS_WORDS[check.need]
        ranges = range_words(check.good, symbol), range_words(check.accept, symbol)
        table.add_row(measure_words(check), reach_words(check), *ranges, needed)
    parts += [Text(), table, *_notes(notes)]
    _panel(f"{pose.name}: a new stretch", parts, console)


def change_words(before: Check, after: Check) -> str:
    """What the change of a check means, in words."""
    if after.measured is None:
        return "not seen; as in the library"
    changes = [_edge(before, after, at) for at in (0, 1) if before.accept[at] != after.accept[at]]
    return "; ".join(changes) or "counts as in the library"


def _edge(before: Check, after: Check, at: int) -> str:
    old, new, symbol = before.accept[at], after.accept[at], SYMBOLS[before.measure.unit]
    is_wider = (new < old) == (at == 0)
    by = f"{abs(new - old):g}{symbol}" if symbol else f"{abs(new - old):.2f}"
    words = ("from" if at == 0 else "up to") + f" {new:g}{symbol}"
    is_reach = before.more == ("larger" if at == 0 else "smaller")
    if is_wider and is_reach:
        return f"counts earlier, {words}: {by} less range is enough"
    if is_wider:
        return f"allows {by} more, {words}"
    return f"counts {words}: {by} nearer to your own reach"


def differences(pose: Pose) -> list[str]:
    """Clear differences between left and right, without judging them."""
    texts = []
    for check in pose.checks:
        right = check.right.measured if check.right else None
        if right is None or check.measured is None or not check.required:
            continue
        apart = abs(check.measured.median - right.median)
        if apart >= CLEAR[check.measure.unit, check.frame]:
            symbol = SYMBOLS[check.measure.unit]
            left_text, right_text = (_range_text(check, reach) for reach in (check.measured, right))
            texts.append(
                f"{check.measure.label}: {left_text}{symbol} on the left, {right_text}{symbol} on the right. "
                "Sides often differ, and so do days."
            )
    return texts


def _range_text(check: Check, reach: Reach) -> str:
    return f"{reach.median:.{0 if check.measure.unit == 'deg' else 2}f}"


def shown_sides(pose: Pose) -> list[tuple[str | None, str]]:
    """The sides whose ranges are shown, with a title; one entry where both sides have the same."""
    if any(check.right for check in pose.checks):
        return [("left", "Left"), ("right", "Right")]
    return [(None, "What counts")]


def _changes(before: Pose, after: Pose, side: str | None) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Measure")
    for name in ("You", "Library", "Yours"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("In words")
    for old, new in zip(before.checks, after.checks, strict=True):
        own, symbol = shown_on(new, side), SYMBOLS[old.measure.unit]
        ranges = range_words(old.accept, symbol), range_words(own.accept, symbol)
        form = "" if old.required else " (form only)"
        table.add_row(
            f"{measure_words(old)}{form}", reach_words(own), *ranges, change_words(old, own)
        )
    return table


def _notes(notes: Iterable[str]) -> list[RenderableType]:
    texts = lines(notes)
    return [Text(), Text("Please note", style="bold"), *texts] if texts else []


def _panel(title: str, parts: list[RenderableType], console: Console) -> None:
    width = min(console.width, WIDEST)
    console.print(
        Panel(
            Group(*parts),
            title=Text(title, "bold"),
            title_align="left",
            padding=(1, 2),
            width=width,
        )
    )
