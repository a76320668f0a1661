"""Watch a person stretch, say whether the position is right, count the time really held."""

__version__ = "0.1.0"
