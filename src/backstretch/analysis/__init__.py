"""Analysis: recordings, one at a time and in batches."""
