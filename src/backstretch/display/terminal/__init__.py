"""Pages in the terminal, printed with Rich."""
