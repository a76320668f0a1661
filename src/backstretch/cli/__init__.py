"""The command line: read arguments, call, print, exit code."""
