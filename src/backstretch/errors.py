"""What can go wrong and is not a bug.

BackstretchError            shown as one line, exit code 2
├── InputError              a file, a folder or an option that cannot be used
├── PoseFileError           a pose file with faults, all of them listed
├── TakeError               a take that nothing can be calibrated from
└── SetupError              something the machine lacks
"""


class BackstretchError(Exception):
    """Something the user can put right; the message says how, ``faults`` line by line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.faults = [message]


class InputError(BackstretchError):
    """A file, a folder or an option that cannot be used."""


class PoseFileError(BackstretchError):
    """A pose file with faults; ``faults`` holds one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class TakeError(BackstretchError):
    """A take that nothing can be calibrated from; the message says why."""


class SetupError(BackstretchError):
    """Something the machine lacks: a system library, the pose model."""


ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What a document, a row or a file that somebody changed by hand may raise when it is read."""
