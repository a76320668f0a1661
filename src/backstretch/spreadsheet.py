"""Cells for spreadsheets, which take some texts for formulas and would run them."""

from typing import Any

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet."""


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; what is no text is as it was."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value
