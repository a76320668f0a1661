"""HTML pages: the report and the progress page."""
