"""Presence: whether the person has left the picture, or is back."""

AWAY_AFTER_S = 3.0
"""Longer than the clock's grace for unseen time, so that no hold goes on meanwhile."""
BACK_AFTER_S = 1.0


class Presence:
    """Follows whether somebody is in the picture.

    Attributes:
        away: Whether nobody has been there for `AWAY_AFTER_S`, nor since then for `BACK_AFTER_S`.
    """

    def __init__(self) -> None:
        self.away = False
        self._absent_s = self._present_s = 0.0

    def push(self, passed_s: float, *, is_there: bool) -> None:
        """Take the next moment, so long after the last one."""
        self._absent_s = 0.0 if is_there else self._absent_s + passed_s
        self._present_s = self._present_s + passed_s if is_there else 0.0
        if self._absent_s >= AWAY_AFTER_S:
            self.away = True
        elif self._present_s >= BACK_AFTER_S:
            self.away = False
