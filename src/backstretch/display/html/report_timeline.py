"""The section of a report that moves: the video, the bands, and each stretch's measures over time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from backstretch.display.html.angle_charts import angle_moments_of, angles_of
from backstretch.display.html.report_charts import (
    MIDDLE,
    NARROW,
    WIDE,
    Panel,
    Size,
    bands_svg,
    panel_svg,
)
from backstretch.display.html.report_panels import (
    Ends,
    Group,
    bands_words,
    ends_of,
    groups_of,
    moments_of,
    panel_words,
)
from backstretch.formats.result_documents import ResultDocument, SpanDocument, Steps
from backstretch.poses.pose import capitalised


@dataclass(frozen=True)
class Plot:
    """One rendering of a chart."""

    svg: Markup
    size: Size


@dataclass(frozen=True)
class Chart:
    """One measure over time.

    Attributes:
        title: What is measured.
        sides: Those that are drawn; none for a measure without sides.
        plots: Renderings, of which the page shows the one that fits.
        words: The same in words.
    """

    title: str
    sides: Sequence[str]
    plots: Sequence[Plot]
    words: str


@dataclass(frozen=True)
class Stretch:
    """One stretch over its part of the time.

    Attributes:
        group: Its measures, drawn or only named.
        bands: Renderings of valid, wrong and unseen time.
        charts: The checks that decide.
        further: Those that decide nothing.
    """

    group: Group
    bands: Sequence[Plot]
    charts: Sequence[Chart]
    further: Sequence[Chart]


@dataclass(frozen=True)
class Timeline:
    """What the section shows.

    Attributes:
        video: The video, as the page names it; empty for none.
        ends_s: First and last moment.
        bands: Renderings of valid, wrong and unseen time.
        words: The same in words.
        stretches: Each stretch that was held or asked for; none where no moments are known, as in the history.
        angles: The main angles, where there is no stretch; None without moments, too.
        kinds: The kinds of time that there are.
    """

    video: str
    ends_s: Ends
    bands: Sequence[Plot]
    words: Sequence[str]
    stretches: Sequence[Stretch]
    angles: Stretch | None = None
    kinds: frozenset[str] = frozenset()


def timeline_of(document: ResultDocument, steps: Steps, video: str) -> Timeline | None:
    """The section of one result; None for a photograph.

    Args:
        document: The result.
        steps: Its moments.
        video: The video, as the page names it; empty for none.
    """
    ends_s = ends_of(document, steps)
    if document.source.frames == 1 or ends_s[1] <= ends_s[0]:
        return None
    spans = spans_of(document)
    has_moments = steps.times_s.size > 0
    groups = groups_of(document, steps, ends_s) if has_moments else ()
    has_angles = has_moments and not groups
    return Timeline(
        video=video,
        ends_s=ends_s,
        bands=_bands(spans, ends_s),
        words=bands_words(spans),
        stretches=[_stretch(group, spans, is_alone=len(groups) == 1) for group in groups],
        angles=_stretch(angles_of(steps, ends_s), spans, is_alone=True) if has_angles else None,
        kinds=frozenset(span.kind for span in spans),
    )


def data_of(document: ResultDocument, steps: Steps) -> dict[str, Any]:
    """What the script of the page needs, as plain values."""
    ends_s = ends_of(document, steps)
    moments = moments_of(document, steps)
    if not document.stretches:
        moments = angle_moments_of(steps, angles_of(steps, ends_s))
    return {
        "ends": ends_s,
        "spans": [span.model_dump() for span in spans_of(document)],
        "moments": moments,
        "idle": "not in the stretch" if document.stretches else "no known stretch",
    }


def spans_of(document: ResultDocument) -> list[SpanDocument]:
    """Valid, wrong and unseen time, in order."""
    spans = [*_spans_of_holds(document), *document.attempts, *document.unseen]
    return sorted(spans, key=lambda span: span.start_s)


def _spans_of_holds(document: ResultDocument) -> Iterator[SpanDocument]:
    """Holds of an older result are taken as valid from end to end."""
    for hold in document.holds:
        whole = SpanDocument(start_s=hold.start_s, end_s=hold.end_s, kind="valid")
        yield from hold.spans or [whole]


def _bands(spans: Sequence[SpanDocument], ends_s: Ends) -> list[Plot]:
    inside = [span for span in spans if span.end_s > ends_s[0] and span.start_s < ends_s[1]]
    return [Plot(bands_svg(inside, ends_s, size), size) for size in (WIDE, MIDDLE, NARROW)]


def _stretch(group: Group, spans: Sequence[SpanDocument], *, is_alone: bool) -> Stretch:
    draw = _chart if is_alone else _small_chart
    return Stretch(
        group=group,
        bands=() if is_alone else _bands(spans, group.ends_s),
        charts=[draw(panel, group) for panel in group.panels],
        further=[_small_chart(panel, group) for panel in group.further],
    )


def _chart(panel: Panel, group: Group) -> Chart:
    """A chart for every screen; on wide ones the axis of time is under the last of the stretch."""
    is_last = panel is group.panels[-1]
    wide = panel_svg(panel, group.ends_s, WIDE, is_timed=is_last)
    small = _small_chart(panel, group)
    return replace(small, plots=[Plot(wide, WIDE), *small.plots])


def _small_chart(panel: Panel, group: Group) -> Chart:
    narrow = panel_svg(panel, group.ends_s, NARROW, is_timed=True)
    return Chart(
        title=capitalised(panel.words),
        sides=sorted(side for side in panel.lines if side),
        plots=[Plot(narrow, NARROW)],
        words=panel_words(panel, group.ends_s),
    )
