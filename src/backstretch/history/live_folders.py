"""Live sessions as the history takes them in: one folder each, with a log and, at the end, a result."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from backstretch.errors import ODD
from backstretch.formats.result_files import RESULT
from backstretch.formats.session_log import PastSession, number_of, read_session
from backstretch.history.health import RECORD
from backstretch.history.rows import LIVE, TOTALS, Entry, holds_in

CUT_OFF_AFTER = timedelta(hours=6)
"""A live session without an end is over after this long; no session lasts half a day."""


def live_entry(folder: Path, now: datetime) -> Entry | None:
    """A live session, read from its folder; None while it may still be running.

    Raises:
        InputError: There is none, or it cannot be read.
        OverflowError, TypeError, ValueError: It was changed by hand.
    """
    past = read_session(folder / RECORD)
    if not past.ended and abs(now - past.began) < CUT_OFF_AFTER:
        return None
    return Entry(
        document=_finished_document(folder) or _rebuild_document(past),
        began=past.began,
        kind=LIVE,
        profile=str(past.about.get("profile") or ""),
        title=str(past.about.get("title") or ""),
        record=folder.name,
        pain=past.pain,
        soreness=past.soreness,
    )


def _finished_document(folder: Path) -> dict[str, Any] | None:
    """A finished session's document; None where there is none, or one that is damaged or odd."""
    try:
        document = json.loads((folder / RESULT).read_bytes())
    except (OSError, *ODD):
        return None
    holds = document.get("holds") if isinstance(document, dict) else None
    is_document = isinstance(holds, list) and len(holds_in(document)) == len(holds)
    return document if is_document else None


def _rebuild_document(past: PastSession) -> dict[str, Any]:
    """The document of a session that was cut off, rebuilt from its log."""
    totals = {name: sum(number_of(hold.get(name)) for hold in past.holds) for name in TOTALS}
    return {"schema": 1, "holds": list(past.holds), "totals": totals, "cut_off": not past.ended}
