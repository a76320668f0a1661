"""The shortlist: which of many forms a moment may be, in one sweep, so that only those are judged in full."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backstretch.landmarks import SIDES, Floats
from backstretch.matching import Form

MARGIN = 2.0
"""How far outside its range a reading may be, in hysteresis widths: enough to have the moment before the
crossing, whose distance to the limit the hold clock needs."""
SEEN_SHARE = 0.5
"""Less than this share of the required readings seen, and a moment is not on the list."""

_Indices = NDArray[np.intp]
_Table = tuple[_Indices, Floats, Floats, _Indices, _Indices]
"""Columns, lowest and highest values of all readings; where each form's begin, and how many they are."""


class Shortlist:
    """Required ranges of many forms in flat tables, one for each side that may be near."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = forms

    def of(self, values: Floats, near: str) -> NDArray[np.intp]:
        """Indices of the forms that the moment may be.

        Args:
            values: (M,) settled values of all columns.
            near: The side nearer to the camera.
        """
        if not self._forms:
            return np.empty(0, np.intp)
        index, low, high, starts, counts = self._tables[near]
        found = values[index]
        with np.errstate(invalid="ignore"):
            wrong = (found < low) | (found > high)
        seen = np.add.reduceat(~np.isnan(found), starts)
        return np.flatnonzero((np.add.reduceat(wrong, starts) == 0) & (seen >= SEEN_SHARE * counts))

    @cached_property
    def _tables(self) -> dict[str, _Table]:
        return {near: self._table(near) for near in SIDES}

    def _table(self, near: str) -> _Table:
        required = [
            [target for target in form.targets[near] if target.check.required]
            for form in self._forms
        ]
        targets = [target for targets in required for target in targets]
        wider = np.array([MARGIN * target.hysteresis for target in targets])
        counts = np.array([len(targets) for targets in required], np.intp)
        return (
            np.array([target.index for target in targets]),
            np.array([target.for_side.accept[0] for target in targets]) - wider,
            np.array([target.for_side.accept[1] for target in targets]) + wider,
            np.cumsum(counts) - counts,
            counts,
        )
