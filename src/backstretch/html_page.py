"""HTML pages that stand alone: one file, one look, nothing from elsewhere."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backstretch.svg_charts import with_own_ids


def html_page(template: str, **values: Any) -> str:
    """A page.

    Args:
        template: A file beside this one.
        values: What it shows, by the names that it uses; text is escaped, markup is not.
    """
    return with_own_ids(_templates().get_template(template).render(values))


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
