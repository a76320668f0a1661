"""Reads damaged copies of files one after the other, in a process whose memory and time can be measured.

Run as ``python -m tests.damage <copies of each> <file>...``; prints for each copy that is neither read nor
refused what happened and the seed that makes it again, then how many were read, and the most memory used.
"""

import faulthandler
import random
import sys
import traceback
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from backstretch.analysis.pipeline import analyse_track, analyse_video
from backstretch.errors import BackstretchError
from backstretch.formats.track_files import Recording
from backstretch.judging.request import Assignment, Request
from backstretch.poses.pose_file import load_pose
from backstretch.vision.video_reader import VideoReader
from tests.library import LIBRARY

REQUEST = Request(Assignment((LIBRARY.poses["standing_side_bend"],)))
STATUS = Path("/proc/self/status")
"""Has the most memory that was used, without that of the process that began this one."""
LONGEST_S = 20.0
"""A copy that takes longer hangs; the stack is then printed and the process ends."""


class Nobody:
    """Sees nobody, at once."""

    def look(self, _):
        return None

    def look_beside(self, *_):
        return None

    def look_carefully(self, *_):
        return None

    def search(self, _):
        return None

    def sees_another(self, *_):
        return False

    def another(self, *, instead=False):  # noqa: ARG002
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def damaged(whole: bytes, seed: str) -> bytes:
    """The bytes with one to three faults of kinds that disks, networks and bad programs make."""
    chance = random.Random(seed)
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 3))):
        start = chance.randrange(len(data)) if chance.random() < 0.6 else chance.randrange(64)
        length = chance.choice((1, 1, 2, 4, 16, 200))
        start, end = min(start, len(data)), min(start + length, len(data))
        match chance.randrange(6):
            case 0:
                data[start:end] = chance.randbytes(end - start)
            case 1:
                data[start:end] = bytes(end - start)
            case 2:
                data[start:end] = b"\xff" * (end - start)
            case 3:
                del data[start:end]
            case 4:
                data[start:start] = data[start:end]
            case 5 if start > 16:
                del data[start:]
    return bytes(data)


def read(path: Path) -> None:
    """Read a file as the program does, with nobody in it."""
    if path.suffix == ".toml":
        load_pose(path)
    elif path.suffix == ".npz":
        analyse_track(Recording.load(path), REQUEST)
    else:
        with VideoReader(path) as reader:
            analyse_video(reader, Nobody(), REQUEST)


def read_or_refused(path: Path, seed: str) -> bool:
    """Whether the file was read; prints what happened if it was neither read nor refused in one line."""
    try:
        read(path)
    except BackstretchError as error:
        if len(str(error).splitlines()) != len(error.faults):
            print(f"{seed}: {error}")
    except Exception:  # noqa: BLE001 - any other is what is looked for
        print(f"{seed}: {traceback.format_exc()}")
    else:
        return True
    return False


def main(copies: int, files: list[Path]) -> None:
    count = 0
    with TemporaryDirectory() as folder:
        for whole, number in product(files, range(copies)):
            seed, path = f"{whole.name} {number}", Path(folder) / whole.name
            path.write_bytes(damaged(whole.read_bytes(), seed))
            print(f"reading {seed}", file=sys.stderr, flush=True)
            faulthandler.dump_traceback_later(LONGEST_S, exit=True)
            count += read_or_refused(path, seed)
            faulthandler.cancel_dump_traceback_later()
    (most,) = (line.split()[1] for line in STATUS.read_text().splitlines() if "VmHWM" in line)
    print(count, most)


if __name__ == "__main__":
    main(int(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
