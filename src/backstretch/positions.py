"""Positions: which stills are of one position, and which of a take is the one that is meant."""

from collections.abc import Sequence

import numpy as np

from backstretch.catalogue import least_half_width
from backstretch.columns import COLUMNS, Column, relative_columns
from backstretch.landmarks import Floats
from backstretch.personal import view_of
from backstretch.stills import Still
from backstretch.views import carries

ALIKE_WITHIN = 2.0
"""Two stills are of one position where no angle differs by so many half-widths."""


def meant_of(stills: Sequence[Still]) -> list[Still]:
    """The stills of the position that was held longest, apart from that of the beginning."""
    groups: list[list[Still]] = []
    for still in stills:
        group = next((each for each in groups if is_alike(still, each[0])), None)
        if group is None:
            groups.append([still])
        else:
            group.append(still)
    meant = groups[1:] if len(groups) > 1 else groups
    return max(meant, key=lambda group: sum(still.seconds for still in group))


def is_alike(one: Still, other: Still) -> bool:
    """Whether two stills are of one position, as far as angles in the picture tell."""
    away = np.abs(_at_rest(one) - _at_rest(other)) / _half_widths(one)
    return not bool((away > ALIKE_WITHIN).any())  # what is not seen is NaN and not away


def _at_rest(still: Still) -> Floats:
    """The values of a still; what is counted from rest is nothing in the rest itself."""
    if still.neutral is not None or still.own_neutral_date:
        return still.values
    return np.where(relative_columns() & np.isnan(still.values), 0.0, still.values)


def _half_widths(still: Still) -> Floats:
    """(M,) narrowest half-widths of the columns that are judged; infinite for all others."""
    view = view_of(still)
    is_side = view.off("side") < min(view.off("front"), view.off("back"))

    def width(column: Column) -> float:
        measure = column.measure
        is_far = is_side and column.side not in {still.near, None}
        is_angle = measure.unit == "deg" or measure.steady_within > 0.0
        if column.frame == "world" or is_far or not is_angle or not carries(measure, view):
            return float("inf")
        return least_half_width(measure, column.frame)

    return np.array([width(column) for column in COLUMNS])
