"""HTML pages that stand alone, with nothing from elsewhere, and the SVG charts in them.

The only module that loads Jinja2; charts of all pages share the look that is defined here.
"""

import io
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


BLUE, ORANGE, INK, SOFT, RULE = "#0072B2", "#D55E00", "#1d2733", "#5b6673", "#dfe3e8"
"""Blue and orange are Okabe and Ito's, safe for colour blindness."""
FONT_PT = 9.5
SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "backstretch",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "hatch.linewidth": 1.2,
    "text.parse_math": False,
}
"""The hash salt makes the same data the same page, letter for letter."""


@contextmanager
def drawing(width_in: float, height_in: float, font_pt: float = FONT_PT) -> Iterator["Figure"]:
    """A figure of this size in the look of all charts; draw and turn it into SVG within."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(SETTINGS | {"font.size": font_pt}):
        yield Figure(figsize=(width_in, height_in))


def plain(axes: "Axes") -> None:
    """Remove all lines of the axes but the time axis, and soften the labels."""
    for edge in ("top", "right", "left"):
        axes.spines[edge].set_visible(False)
    axes.spines["bottom"].set_color("#c5cbd3")
    axes.tick_params(colors=SOFT, labelcolor=SOFT, left=False, bottom=False)


def svg_of(figure: "Figure") -> Markup:
    """The figure as an element of a page; a screen reader gets words beside it."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    element = text[text.index("<svg") :].strip()
    element = re.sub(r"\s*<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r"(\d\.\d\d)\d+", r"\1", element)  # a hundredth of a point is enough
    element = element.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return Markup(element)  # noqa: S704 - matplotlib escapes its texts


def with_own_ids(page: str) -> str:
    """The page with ids in each chart that no other chart has; those that nothing refers to are left out."""
    numbers = itertools.count(1)
    return re.sub(
        r"<svg .*?</svg>",
        lambda svg: _rename_ids(svg[0], f"c{next(numbers)}-"),
        page,
        flags=re.DOTALL,
    )


def _rename_ids(svg: str, prefix: str) -> str:
    targets = set(re.findall(r'(?:url\(|href=")#([^)"]+)', svg))

    def new_id(match: re.Match[str]) -> str:
        return f' id="{prefix}{match[1]}"' if match[1] in targets else ""

    svg = re.sub(r' id="([^"]*)"', new_id, svg)
    return re.sub(r'(url\(|href=")#', rf"\g<1>#{prefix}", svg)


def html_page(template: str, **values: Any) -> str:
    """Render a page from a template.

    Args:
        template: A file beside this one.
        values: What it shows, by the names that it uses; text is escaped, markup is not.
    """
    return with_own_ids(_templates().get_template(template).render(values))


def style_of(*names: str) -> str:
    """Style sheets beside this file, one after the other."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return templates
