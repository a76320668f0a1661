"""The section of a report that moves: the video, the bands, and each stretch's measures over time."""

import json
from collections.abc import Iterator, Mapping
from html import escape

from backstretch.poses import capitalised
from backstretch.report_charts import (
    MIDDLE,
    NARROW,
    WIDE,
    Panel,
    Size,
    bands_svg,
    panel_svg,
)
from backstretch.report_panels import (
    Ends,
    Group,
    bands_words,
    ends_of,
    groups_of,
    moments_of,
    panel_words,
)
from backstretch.report_reading import ResultDocument, SpanDocument, Steps
from backstretch.summary import clock

SIZES = {"wide": WIDE, "middle": MIDDLE, "narrow": NARROW}
LEGEND = (
    ("valid", "held"),
    ("wrong", "not right"),
    ("unseen", "not seen"),
    ("range", "range that counts; darker: good"),
)


class Timeline:
    """The section of one result.

    Args:
        document: The result.
        steps: Its moments.
        video: The video, as the page names it; empty for none.
    """

    def __init__(self, document: ResultDocument, steps: Steps, video: str) -> None:
        self._document, self._steps, self._video = document, steps, video
        self._spans = sorted(_spans(document), key=lambda span: span.start_s)
        self._ends_s = ends_of(document, steps)

    def data(self) -> str:
        """What the script of the page needs, as JSON that cannot end its element."""
        data = {
            "ends": self._ends_s,
            "spans": [span.model_dump() for span in self._spans],
            "moments": moments_of(self._document, self._steps),
        }
        return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")

    def html(self) -> str:
        """The section; empty for a photograph."""
        first_s, last_s = self._ends_s
        if self._document.source.frames == 1 or last_s <= first_s:
            return ""
        video = '<video src="{}" controls muted playsinline preload="auto"></video>'
        legend = "".join(f'<li class="{name}"><i></i>{words}</li>' for name, words in LEGEND)
        groups = groups_of(self._document, self._steps, self._ends_s)
        return (
            '<section class="player"><h2>What happened</h2>'
            f"{video.format(escape(self._video)) if self._video else ''}"
            f'<ul class="legend">{legend}</ul>{self._bar()}'
            f"{''.join(self._group(group, is_alone=len(groups) == 1) for group in groups)}</section>"
        )

    def _bar(self) -> str:
        """The bands of the whole recording, which are the slider, and what was measured at its moment."""
        first_s, last_s = (f"{end_s:.1f}" for end_s in self._ends_s)
        told = "".join(f"<li>{escape(words)}</li>" for words in bands_words(self._spans))
        video = " and the video" if self._video else ""
        return (
            f'<div class="bar-of-time"><div class="timeline" {_from_to(self._ends_s)} tabindex="0"'
            ' role="slider" aria-label="Moment of the recording" aria-describedby="how-to-move"'
            f' aria-valuemin="{first_s}" aria-valuemax="{last_s}" aria-valuenow="{first_s}">'
            f"{self._bands(self._ends_s)}</div>"
            '<div class="readout"><p class="state"></p><ul class="values"></ul></div></div>'
            '<p class="hint" id="how-to-move">'
            f"A tap or click on a chart, and the arrow keys, move the line{video}.</p>"
            f'<ul class="told">{told}</ul>'
        )

    def _bands(self, ends_s: Ends) -> str:
        spans = [
            span for span in self._spans if span.end_s > ends_s[0] and span.start_s < ends_s[1]
        ]
        return self._plots({name: bands_svg(spans, ends_s, size) for name, size in SIZES.items()})

    def _plots(self, svgs: Mapping[str, str]) -> str:
        """Renderings of one chart, of which the page shows the one that fits."""
        return "".join(_plot(svg, name, SIZES[name]) for name, svg in svgs.items())

    def _group(self, group: Group, *, is_alone: bool) -> str:
        """A stretch; where there are several, small, under its name and on its own part of the time."""
        draw = self._panel if is_alone else self._small
        drawn = "".join(draw(panel, group) for panel in group.panels)
        name = "panels" if is_alone else "panels small"
        panels = f'<div class="{name}">{drawn}</div>' if drawn else ""
        head = "" if is_alone else self._head(group)
        told = "".join(_words(group))
        times = _from_to(group.ends_s)
        return f'<div class="group" {times}>{head}{panels}{self._further(group)}{told}</div>'

    def _head(self, group: Group) -> str:
        first, last = map(clock, group.ends_s)
        name = f"<h3>{escape(group.name)} <small>{first} to {last}</small></h3>"
        return f'<div class="title">{name}{self._bands(group.ends_s)}</div>'

    def _panel(self, panel: Panel, group: Group) -> str:
        is_last = panel is group.panels[-1]
        wide = panel_svg(panel, group.ends_s, WIDE, is_timed=is_last)
        narrow = panel_svg(panel, group.ends_s, NARROW, is_timed=True)
        return _figure(panel, group.ends_s, self._plots({"wide": wide, "narrow": narrow}))

    def _small(self, panel: Panel, group: Group) -> str:
        narrow = panel_svg(panel, group.ends_s, NARROW, is_timed=True)
        return _figure(panel, group.ends_s, self._plots({"narrow": narrow}))

    def _further(self, group: Group) -> str:
        """The checks that decide nothing, folded away."""
        if not group.further:
            return ""
        drawn = "".join(self._small(panel, group) for panel in group.further)
        count = len(group.further)
        words = f"{count} further measure{'s' if count > 1 else ''}, for the score alone"
        return (
            f'<details><summary>{words}</summary><div class="panels small">{drawn}</div></details>'
        )


def _from_to(ends_s: Ends) -> str:
    return f'data-from="{ends_s[0]:.3f}" data-to="{ends_s[1]:.3f}"'


def _plot(svg: str, name: str, size: Size) -> str:
    place = f"--left:{size.left:g};--right:{size.right:g}"
    return f'<div class="plot {name}" style="{place}">{svg}<i class="head"></i></div>'


def _figure(panel: Panel, ends_s: Ends, plots: str) -> str:
    sides = [name for name in panel.lines if name]
    keys = "".join(f'<span class="key {name}"><i></i>{name}</span>' for name in sorted(sides))
    return (
        f'<figure class="chart"><figcaption><span>{escape(capitalised(panel.words))}</span>'
        f'<span class="keys">{keys}</span></figcaption>{plots}'
        f'<p class="told">{escape(panel_words(panel, ends_s))}</p></figure>'
    )


def _words(group: Group) -> Iterator[str]:
    """What is not drawn of a stretch, in words."""
    if not group.panels:
        yield '<p class="hint">Nothing that decides could be measured here.</p>'
    if group.unseen:
        yield f'<p class="hint">Never seen: {escape("; ".join(group.unseen))}.</p>'
    if group.left_out:
        words = "; ".join(group.left_out)
        yield f'<p class="hint">Measured too, and not drawn: {escape(words)}.</p>'


def _spans(document: ResultDocument) -> Iterator[SpanDocument]:
    """Valid, wrong and unseen time; holds of an older result are taken as valid from end to end."""
    for hold in document.holds:
        whole = SpanDocument(start_s=hold.start_s, end_s=hold.end_s, kind="valid")
        yield from hold.spans or [whole]
    yield from document.attempts
