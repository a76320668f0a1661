"""What several pages answer with: documents that stand alone, and whose page it is."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.responses import HTMLResponse, Response

from backstretch.display.html.app_pages import LiveOffer
from backstretch.display.html.report import write_report
from backstretch.formats.result_files import RESULT
from backstretch.history.profile import check_profile
from backstretch.web.desk import Desk
from backstretch.web.visit import Visit

ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a report may load: only what stands in it."""


def alone(page: str) -> Response:
    """A page that stands alone: it carries its style and script, and asks for nothing."""
    return HTMLResponse(page, headers={"content-security-policy": ALONE})


def report_of(document: Mapping[str, Any], person: str) -> Response:
    """The report of a result, made of its document alone."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / RESULT
        path.write_text(json.dumps(document), encoding="utf-8")
        return alone(write_report(path, person=person).read_text(encoding="utf-8"))


def offer_of(desk: Desk, visit: Visit, name: str) -> LiveOffer:
    """What a page offers that is to begin what `Visit.name` calls so, or goes on with it."""
    is_going_on = desk.is_busy and visit.name == name
    return LiveOffer(visit.eyes, visit.eye if is_going_on else next(iter(visit.eyes)), is_going_on)


def who_of(values: Mapping[str, str]) -> str:
    """The profile that an address or a form names; empty for `profile.YOU`.

    Raises:
        InputError: It is no name.
    """
    return check_profile(values.get("who", ""))
