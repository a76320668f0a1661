"""What the terminal shows of the library: the list, one stretch, the sets."""

from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.figure_drawing import figure_text
from backstretch.library import Library
from backstretch.pose_sets import PoseSet
from backstretch.poses import NOT_FOR, Check, Dose, Pose

WIDEST = 100
SYMBOLS = {"deg": "°", "ratio": ""}
OWN = "yours"


def show_list(poses: Iterable[Pose], library: Library, console: Console) -> None:
    """Print a table of poses."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("Id", "For", "Position", "Sides", "Hold"):
        table.add_column(name, no_wrap=name in {"Id", "Hold"})
    count = 0
    for pose in poses:
        count += 1
        table.add_row(
            f"{pose.id} ({OWN})" if pose.id in library.own else pose.id,
            _words(pose.regions),
            _words(pose.positions),
            "left, right" if pose.sides == "each" else "",
            range_words(pose.dose.seconds, " s"),
        )
    if count == 0:
        console.print("No stretch is like that. backstretch poses list shows all of them.")
        return
    console.print(table)
    known = "1 stretch" if count == 1 else f"{count} stretches"
    console.print(f"{known}; backstretch poses show ID tells more of one.", style="dim")


def show_pose(pose: Pose, library: Library, console: Console) -> None:
    """Print all about one pose."""
    parts: list[RenderableType] = []
    if pose.also:
        parts.append(Text(f"also: {', '.join(pose.also)}", style="dim"))
    parts += [Text(), _facts(pose, library)]
    drawing = figure_text(pose)
    if drawing:
        view = pose.views[0].replace("_", " ")
        parts += [Text(), *(Text(line) for line in drawing), Text(f"seen from the {view}", "dim")]
    steps = [f"{number}. {step}" for number, step in enumerate(pose.steps, start=1)]
    parts += _section("Steps", steps)
    parts += [Text(), Text("What is checked", style="bold"), _checks(pose)]
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
    parts += _section("Told apart from", apart)
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
        console.print(Padding(Text(f"Rest {each.rest_s:g} s. {each.source}.", "dim"), (0, 0, 1, 2)))


def _facts(pose: Pose, library: Library) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(
        "Id", f"{pose.id} ({OWN}: {library.paths[pose.id]})" if pose.id in library.own else pose.id
    )
    grid.add_row("For", _words(pose.regions))
    grid.add_row("Position", _words(pose.positions))
    if pose.equipment:
        grid.add_row("You need", ", ".join(pose.equipment))
    if pose.side_rule:
        grid.add_row("Side", pose.side_rule)
    grid.add_row("Dose", _dose(pose.dose))
    if pose.camera:
        grid.add_row("Camera", pose.camera)
    if pose.tags:
        grid.add_row("Tags", _words(pose.tags))
    return grid


def _dose(dose: Dose) -> str:
    times = range_words(dose.repetitions, " times")
    return f"hold {range_words(dose.seconds, ' s')} ({dose.default_s:g} s), {times}; {dose.source}"


def _checks(pose: Pose) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Measure")
    for name in ("Good", "Counts"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("Needed", no_wrap=True)
    table.add_column("If not")
    needs = {"always": "yes", "if seen": "if seen", "form": "form only"}
    for check in pose.checks:
        symbol = SYMBOLS[check.measure.unit]
        cues = list(dict.fromkeys(cue for cue in (check.below, check.above) if cue))
        ranges = range_words(check.good, symbol), range_words(check.accept, symbol)
        table.add_row(measure_words(check), *ranges, needs[check.need], " / ".join(cues))
    return table


def measure_words(check: Check) -> str:
    """The measure, its side where it has one, and where it is taken if not in the picture."""
    of = {"work": "worked side", "both": "both sides", "": ""}.get(check.of, f"{check.of} side")
    more = [words for words in (of, "in space" if check.frame == "world" else "") if words]
    return f"{check.measure.label} ({', '.join(more)})" if more else check.measure.label


def lines(words: Iterable[str]) -> list[RenderableType]:
    """Each in a line of its own, with a dot before it."""
    return [Padding(Text(f"• {line}"), (0, 0, 0, 1)) for line in words]


def _section(title: str, lines: Iterable[str]) -> list[RenderableType]:
    found: list[RenderableType] = [Padding(Text(line), (0, 0, 0, 1)) for line in lines]
    return [Text(), Text(title, style="bold"), *found] if found else []


def range_words(span: tuple[float, float], unit: str) -> str:
    """``5-75°``, or ``-10 to 20°``."""
    low, high = span
    if low == high:
        return f"{low:g}{unit}"
    return f"{low:g} to {high:g}{unit}" if low < 0.0 else f"{low:g}-{high:g}{unit}"


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
