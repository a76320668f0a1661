"""The program, run to its end in this process: many runs then take little time."""

import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import pytest

from backstretch.cli.app import main
from backstretch.poses import library
from backstretch.poses.pose import Pose
from backstretch.poses.pose_file import load_pose

_poses: dict[tuple[Path, bytes], Pose] = {}
"""The poses of all pose files that were read, by path and content."""


def run_inside(*arguments, **environment):
    """What a run came to, as `subprocess.run` gives it; nothing can be typed.

    What becomes of a process is for runs outside: signals, full disks, closed pipes, terminals.

    Args:
        arguments: Of the command line.
        environment: Variables beside those that are set.
    """
    with TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        code = _run(arguments, {"COLUMNS": "120", **environment}, out, err)
        return CompletedProcess(arguments, code, out.read_text("utf-8"), err.read_text("utf-8"))


def _run(arguments, environment, out, err):
    handler = signal.getsignal(signal.SIGTERM)
    with (
        pytest.MonkeyPatch.context() as patch,
        out.open("w", encoding="utf-8") as printed,
        err.open("w", encoding="utf-8") as said,
        redirect_stdout(printed),
        redirect_stderr(said),
    ):
        patch.setattr(library, "load_pose", _load_once)
        for name, value in environment.items():
            patch.setenv(name, str(value))
        patch.setattr(sys, "argv", ["backstretch", *map(str, arguments)])
        patch.setattr(sys, "stdin", StringIO())
        with pytest.raises(SystemExit) as end:
            main()
    signal.signal(signal.SIGTERM, handler)
    return end.value.code


def _load_once(path):
    """The pose of a file; read again only if its content is another one: the library takes 0.1 s a run."""
    try:
        key = path, path.read_bytes()
    except OSError:
        return load_pose(path)  # says what is wrong
    if key not in _poses:
        _poses[key] = load_pose(path)
    return _poses[key]
