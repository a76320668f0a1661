"""Analysis: recordings from file to result, one at a time and in batches."""
