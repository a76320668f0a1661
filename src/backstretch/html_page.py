"""HTML pages that stand alone: one file, one look, nothing from elsewhere."""

from importlib import resources
from string import Template

from backstretch.svg_charts import with_own_ids

STYLE = "page_style.css"


def html_page(template: str, **parts: str) -> str:
    """A page.

    Args:
        template: File of the package with a ``$name`` for each part, and ``$style`` for the look of all pages.
        parts: HTML; what people have named must have been escaped.
    """
    folder = resources.files("backstretch")
    texts = {name: folder.joinpath(name).read_text("utf-8") for name in (template, STYLE)}
    return with_own_ids(Template(texts[template]).substitute(parts, style=texts[STYLE]))
