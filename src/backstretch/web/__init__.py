"""The page in a browser on the same machine: choose, be coached, look back."""
