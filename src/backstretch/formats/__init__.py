"""Formats: every file that others read, each read and written in one module."""
