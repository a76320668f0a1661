"""The boxes of MP4, MOV, HEIC and AVIF files, where they state what the library does not pass on.

Formats: ISO/IEC 14496-12 (boxes, edit lists, items), ISO/IEC 23008-12 (photographs in parts). A damaged file
has no boxes after the damage; then nothing is stated.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from backstretch.errors import ODD
from backstretch.vision.pictures import Orientation

MOST_BOXES, MOST_BYTES = 10_000, 1_000_000
"""No file needs more boxes in one place, or more bytes in one of those that are read."""
AS_RECORDED, PAUSE = 0x10000, 0
"""Rates of an edit, in 1/65536: one second of the media lasts a second, or a picture is shown on and on."""
IN_ITEM_DATA = 1
"""Where an item is: in the box ``idat``, not in the file."""
SHORT_IDS = 2
"""The last version of an item's entry that has numbers of two bytes."""


@dataclass(frozen=True)
class Tiles:
    """A photograph in parts, as telephones store it.

    Attributes:
        ids: The item of each part, row by row from the top left.
        columns: How many parts stand side by side.
        wh: Width and height of the whole in pixels; the last parts may reach beyond it.
        orientation: How it becomes upright.
    """

    ids: tuple[int, ...]
    columns: int
    wh: tuple[int, int]
    orientation: Orientation


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    end: int


class _File:
    """The boxes of an open file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.seek(0, 2)
        self.whole = _Box(b"", 0, file.tell())

    def inside(self, box: _Box, skip: int = 0) -> Iterator[_Box]:
        """The boxes in a box, after ``skip`` bytes of its own."""
        return islice(self._inside(box.start + skip, box.end), MOST_BOXES)

    def _inside(self, at: int, end: int) -> Iterator[_Box]:
        while at + 8 <= end:
            self._file.seek(at)
            head = self._file.read(16).ljust(16, b"\0")
            size, kind, large = struct.unpack(">I4sQ", head)
            start = at + (16 if size == 1 else 8)
            stop = {0: end, 1: at + large}.get(size, at + size)
            if not start <= stop <= end:
                return
            yield _Box(kind, start, stop)
            at = stop

    def all(self, path: Iterable[bytes]) -> list[_Box]:
        """All boxes at a path from the top of the file."""
        boxes = [self.whole]
        for kind in path:
            boxes = [each for box in boxes for each in self.inside(box) if each.kind == kind]
        return boxes

    def read(self, box: _Box) -> bytes:
        """A box's content."""
        self._file.seek(box.start)
        return self._file.read(min(box.end - box.start, MOST_BYTES))


def is_retimed(path: Path) -> bool:
    """Whether a film has a list of edits that play some of it more slowly or quickly than it was recorded."""
    with path.open("rb") as file:
        boxes = _File(file)
        lists = [boxes.read(box) for box in boxes.all((b"moov", b"trak", b"edts", b"elst"))]
    return any(not {AS_RECORDED, PAUSE} >= set(_rates(edits)) for edits in lists)


def _rates(edits: bytes) -> list[int]:
    """The rate of each edit of a list, in 1/65536."""
    size = 20 if edits[:1] == b"\1" else 12
    ends = range(8 + size, len(edits) + 1, size)
    return [struct.unpack(">i", edits[end - 4 : end])[0] for end in ends]


def tiles_of(path: Path) -> Tiles | None:
    """The parts of a photograph; None for one in one piece, and for anything else."""
    with path.open("rb") as file:
        boxes = _File(file)
        for meta in boxes.all((b"meta",)):
            try:
                return _tiles(boxes, {box.kind: box for box in boxes.inside(meta, 4)})
            except (*ODD, OSError, StopIteration, struct.error):
                return None
    return None


def _tiles(boxes: _File, meta: dict[bytes, _Box]) -> Tiles | None:
    """The parts of the primary item.

    Raises:
        LookupError, OverflowError, StopIteration, struct.error: A box is missing, too short, or leads nowhere.
    """
    primary = _Fields(boxes.read(meta[b"pitm"]))
    item = primary.number(4 if primary.version else 2)
    if _kinds(boxes, meta[b"iinf"]).get(item) != b"grid":
        return None
    grid = _Fields(boxes.read(_place(boxes, meta, item)), has_version=False)
    _, flags, rows, columns = (grid.number(1) for _ in range(4))
    wh = grid.number(size := 4 if flags & 1 else 2), grid.number(size)
    ids = next(
        to for kind, of, to in _references(boxes, meta[b"iref"]) if (kind, of) == (b"dimg", item)
    )
    if not len(ids) == len(set(ids)) == (rows + 1) * (columns + 1):
        return None
    return Tiles(ids, columns + 1, wh, _orientation(boxes, meta[b"iprp"], item))


class _Fields:
    """The numbers of a box, one after the other; most boxes begin with a version and flags."""

    def __init__(self, data: bytes, *, has_version: bool = True) -> None:
        self._data, self._at = data, 0
        self.version, self.flags = divmod(self.number(4), 1 << 24) if has_version else (0, 0)

    def number(self, size: int) -> int:
        """The next number, of ``size`` bytes."""
        field = self._data[self._at : self._at + size]
        if len(field) < size:
            raise struct.error("the box is too short")
        self._at += size
        return int.from_bytes(field, "big")


def _kinds(boxes: _File, infos: _Box) -> dict[int, bytes]:
    """The kind of each item."""
    count_size = 4 if boxes.read(infos)[:1] != b"\0" else 2
    kinds = {}
    for info in boxes.inside(infos, 4 + count_size):
        fields = _Fields(boxes.read(info))
        item = fields.number(2 if fields.version <= SHORT_IDS else 4)
        fields.number(2)
        kinds[item] = fields.number(4).to_bytes(4, "big")
    return kinds


def _references(boxes: _File, refs: _Box) -> Iterator[tuple[bytes, int, tuple[int, ...]]]:
    """What refers to what: the kind of reference, the item, and the items that it refers to."""
    size = 4 if boxes.read(refs)[:1] != b"\0" else 2
    for reference in boxes.inside(refs, 4):
        fields = _Fields(boxes.read(reference), has_version=False)
        item, count = fields.number(size), fields.number(2)
        yield reference.kind, item, tuple(fields.number(size) for _ in range(count))


def _place(boxes: _File, meta: dict[bytes, _Box], item: int) -> _Box:
    """Where the first piece of an item's data is."""
    fields = _Fields(boxes.read(meta[b"iloc"]))
    sizes = [size for _ in range(2) for size in divmod(fields.number(1), 16)]
    offset_size, length_size, base_size, index_size = sizes
    count_size = 4 if fields.version > 1 else 2
    for _ in range(fields.number(count_size)):
        number = fields.number(count_size)
        method = fields.number(2) & 15 if fields.version else 0
        fields.number(2)
        base = fields.number(base_size)
        pieces = []
        for _ in range(fields.number(2)):
            fields.number(index_size if fields.version else 0)
            pieces.append((base + fields.number(offset_size), fields.number(length_size)))
        if number == item:
            start = pieces[0][0] + (meta[b"idat"].start if method == IN_ITEM_DATA else 0)
            return _Box(b"", start, start + pieces[0][1])
    raise KeyError(item)


def _orientation(boxes: _File, properties: _Box, item: int) -> Orientation:
    """How an item becomes upright: its turns and mirrorings, in their order."""
    parts = {box.kind: box for box in boxes.inside(properties)}
    known = list(boxes.inside(parts[b"ipco"]))
    orientation = Orientation()
    for index in _own_properties(_Fields(boxes.read(parts[b"ipma"])), item):
        box = known[index - 1] if 0 < index <= len(known) else properties
        if box.kind == b"irot":
            orientation = orientation.turned(boxes.read(box)[0] & 3)
        elif box.kind == b"imir":
            mirrored = replace(
                orientation, turns=-orientation.turns % 4, is_mirrored=not orientation.is_mirrored
            )
            is_upside_down = not boxes.read(box)[0] & 1
            orientation = mirrored.turned(2 if is_upside_down else 0)
    return orientation


def _own_properties(fields: _Fields, item: int) -> list[int]:
    """The numbers of an item's properties, from 1."""
    size = 2 if fields.flags & 1 else 1
    for _ in range(fields.number(4)):
        number = fields.number(4 if fields.version else 2)
        own = [fields.number(size) & (1 << (8 * size - 1)) - 1 for _ in range(fields.number(1))]
        if number == item:
            return own
    return []
