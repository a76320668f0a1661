"""The main joint and segment angles of a recording in which no stretch is known."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstretch.display.html.report_charts import Line, Panel
from backstretch.display.html.report_panels import MOST_MOMENTS, Ends, Group
from backstretch.formats.result_documents import Steps
from backstretch.judging.angles import ANGLES, FORWARD, Angle

MOST_OPEN = 6
"""The angles of joints, trunk and head that move most are drawn large, at most this many; the others, and those
of the limbs' segments, are folded away."""
INNER = (5.0, 95.0)
"""How much an angle moves is the distance between these percentiles: single odd moments do not count."""


def angles_of(steps: Steps, ends_s: Ends) -> Group:
    """The charts of all angles: those that move most, and the others."""
    panels = {angle.words: _panel(angle, steps) for angle in ANGLES}
    visible = {words: panel for words, panel in panels.items() if panel.lines}
    joints = [angle.words for angle in ANGLES if angle.words in visible and not angle.is_of_segment]
    chosen = set(sorted(joints, key=lambda words: -_moves_deg(visible[words]))[:MOST_OPEN])
    return Group(
        name="Angles",
        pose="",
        ends_s=ends_s,
        panels=tuple(panel for words, panel in visible.items() if words in chosen),
        further=tuple(panel for words, panel in visible.items() if words not in chosen),
        unseen=tuple(words for words in panels if words not in visible),
    )


def _panel(angle: Angle, steps: Steps) -> Panel:
    lines = {}
    forward = steps.columns.get(FORWARD)
    for side, column in angle.columns.items():
        values = steps.columns.get(column)
        if values is not None and forward is not None and angle.needs_front:
            values = np.where(np.isnan(forward), values, np.nan)
        if values is not None and not np.isnan(values).all():
            points = list(zip(steps.times_s.tolist(), values.tolist(), strict=True))
            lines[side] = Line(points, judged=())
    return Panel(angle.words, "deg", lines)


def _moves_deg(panel: Panel) -> float:
    """How much the side that moves more moves."""
    return max(
        _spread(np.array([value for _, value in line.points])) for line in panel.lines.values()
    )


def _spread(values: NDArray[np.float64]) -> float:
    low, high = np.nanpercentile(values, INNER)
    return float(high - low)


def angle_moments_of(steps: Steps, group: Group) -> dict[str, Any]:
    """As `moments_of`, of the angles that are drawn large."""
    named = [
        (f"{side} {panel.words}".strip(), [value for _, value in line.points])
        for panel in group.panels
        for side, line in panel.lines.items()
    ]
    picked = range(0, len(steps.times_s), max(1, math.ceil(len(steps.times_s) / MOST_MOMENTS)))
    return {
        "forms": [[(name, "°") for name, _ in named]],
        "times": [round(float(steps.times_s[at]), 2) for at in picked],
        "rows": [[0, *(_whole(values[at]) for _, values in named)] for at in picked],
    }


def _whole(value: float) -> int | None:
    return None if math.isnan(value) else round(value)
