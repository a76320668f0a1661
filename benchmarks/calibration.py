"""The benchmark of calibration: what one take of somebody is worth on other takes.

Each clip is looked at once. Its landmark track is kept in a folder and replayed from there.

What it cannot show: no person does one stretch in two takes of the media. The other take is of somebody else,
or a degraded copy of the same footage. Nearly all of them come well within the library's ranges, and many
references change no range that is required: such a pair compares the library pose with itself. The tables
tell these apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from math import nan
from pathlib import Path

from backstretch.analysis.pipeline import analyse_track
from backstretch.calibration.references import Take, new_reference, personal_reference
from backstretch.calibration.takes import TakeOptions, take_of
from backstretch.errors import TakeError
from backstretch.formats.track_files import TRACK_ENDING, Recording
from backstretch.judging.recognition import Held, without_overlaps
from backstretch.judging.request import Assignment, Part, Request
from backstretch.judging.session import Session
from backstretch.poses.pose import Pose
from benchmarks.accuracy import JOBS, recording_of
from benchmarks.recognition import Spans, merged, valid_spans
from tests import library
from tests.places import MEDIA
from tests.truth import ALSO_TRUE, OTHER_SIDE_FIRST, PROVE_LITTLE, Clip, clips, overlap, unasked

DATE = "2026-01-31"
LIBRARY, PERSONAL, STIFF, STIFF_HALF, NEW = "library", "personal", "stiff", "stiff, half", "new"
STIFF_UNTIL_S = 12.0
"""Until then two clips show nothing but a body that does not come as far as the library asks."""
STIFF_CLIPS = {
    "21_forward_fold_shallow_then_right": "standing_forward_fold",
    "58_chair_fold_shallow_then_right": "chair_forward_fold",
}
NEW_CLIPS = {
    "01_side_bend_LR_front": ("standing_side_bend", "25_side_bend_walkout"),
    "02_forward_fold_left": ("standing_forward_fold", "21_forward_fold_shallow_then_right"),
    "08_childs_pose_left": ("childs_pose", "35_childs_pose_dim"),
    "12_knee_chest_LR_left": ("single_knee_to_chest", "39_knee_chest_R_low"),
    "53_chair_fold_left": ("chair_forward_fold", "58_chair_fold_shallow_then_right"),
    "05_overhead_front": ("overhead_reach", "30_overhead_drift_10fps"),
    "07_cat_cow_left": ("cat_pose", "27_cat_cow_mirrored_15fps"),
    "03_neck_side_LR_front": ("neck_side_bend", "26_neck_side_second_person"),
}
"""Clip that a pose is made from as if it were not in the library -> the pose, and the clip it is tried on."""
LEAVES_WITHIN_S = 1.0
"""A take for a new pose ends so long after its first hold where another stretch or side follows."""
ALSO_SHOWN = {"62_upper_trap_lookalike_nohand": "neck_side_bend"}
"""Of `ALSO_TRUE`, what is another pose of the library and not the other side."""
COPIES = {
    "31_forward_fold_dim": "02_forward_fold_left",
    "33_forward_fold_fast_blur": "24_forward_fold_fast_60fps",
    "34_side_bend_cropped": "01_side_bend_LR_front",
    "35_childs_pose_dim": "08_childs_pose_left",
}
"""Degraded copies of other clips (MANIFEST.md): the same footage, no other take."""


@dataclass(frozen=True)
class Task:
    """A reference that is to be made.

    Attributes:
        kind: `LIBRARY`, `PERSONAL`, `STIFF`, `STIFF_HALF` or `NEW`.
        pose_id: The library pose that it is measured beside.
        source: Name of the clip that it is made from.
        end_s: What comes later in the clip is not used.
    """

    kind: str
    pose_id: str
    source: str = ""
    end_s: float | None = None


@dataclass(frozen=True)
class Reference:
    """What a task came to: a pose, or why there is none."""

    task: Task
    pose: Pose | None
    refusal: str = ""

    @property
    def has_own_ranges(self) -> bool:
        """Whether some required range is not the library's."""
        known = library.LIBRARY.poses[self.task.pose_id]
        return self.pose is not None and _ranges(self.pose) != _ranges(known)


def _ranges(pose: Pose) -> list[tuple[object, ...]]:
    return [
        (each.measure.name, each.of, each.accept, each.right.accept if each.right else each.accept)
        for each in pose.checks
        if each.required
    ]


@dataclass(frozen=True)
class Count:
    """What one reference counts in one clip, in seconds.

    Attributes:
        true_s: What is truly held of the pose.
        right_s: What is counted of that, for the right side.
        wrong_s: What is counted where the clip does the pose wrong.
        outside_s: What is counted outside of what the clip truly shows.
    """

    true_s: float
    right_s: float
    wrong_s: float
    outside_s: float

    @property
    def share(self) -> float:
        """Of the true seconds, what is counted; NaN where nothing is held."""
        return self.right_s / self.true_s if self.true_s else nan


@dataclass(frozen=True)
class Pair:
    """A reference on one clip, beside the library pose.

    Attributes:
        task: What the reference was made from.
        clip: Name of the clip that it is tried on.
        own, by_library: What they count.
        shows: Whether the clip shows the stretch, right or wrong.
        has_own_ranges: Whether the reference has a required range that is not the library's.
        length_s: Of the clip.
    """

    task: Task
    clip: str
    own: Count
    by_library: Count
    shows: bool
    has_own_ranges: bool
    length_s: float

    @property
    def is_elsewhere(self) -> bool:
        """Whether the clip is another one than the reference was made from."""
        return self.clip != self.task.source

    @property
    def is_other_take(self) -> bool:
        """Whether the clip is another take of the same stretch, done right or wrong."""
        return self.is_elsewhere and self.shows

    @property
    def is_copy(self) -> bool:
        """Whether both clips are the same footage."""
        return self.clip in {COPIES.get(self.task.source), *_copies_of(self.task.source)}

    @property
    def more_outside_s(self) -> float:
        """Seconds outside of what the clip shows that the library pose does not count there."""
        return self.own.outside_s - self.by_library.outside_s


def _copies_of(name: str) -> list[str]:
    return [copy for copy, original in COPIES.items() if original == name]


def track_path(folder: Path, name: str) -> Path:
    return folder / f"{name}{TRACK_ENDING}"


def keep_track(job: tuple[Path, Clip]) -> None:
    """Look at a clip with the real model, once."""
    folder, clip = job
    recording, _ = recording_of(clip, unasked())
    recording.save(track_path(folder, clip.name))


def media() -> dict[str, Clip]:
    return {clip.name: clip for clip in clips(MEDIA)}


def held_clips() -> dict[str, list[Clip]]:
    """Pose -> the clips in which it is truly held."""
    found = defaultdict(list)
    for clip in media().values():
        for pose_id in dict.fromkeys(pose_id for _, _, pose_id, _ in clip.holds):
            found[pose_id].append(clip)
    return found


def tasks() -> Iterator[Task]:
    for pose_id, held in held_clips().items():
        yield Task(LIBRARY, pose_id)
        yield from (Task(PERSONAL, pose_id, clip.name) for clip in held)
    for source, pose_id in STIFF_CLIPS.items():
        yield Task(STIFF, pose_id, source, STIFF_UNTIL_S)
        ((start_s, end_s),) = media()[source].spans("wrong")
        yield Task(STIFF_HALF, pose_id, source, float(start_s + end_s) / 2)
    for source, (pose_id, _) in NEW_CLIPS.items():
        yield Task(NEW, pose_id, source, first_only_s(media()[source]))


def first_only_s(clip: Clip) -> float | None:
    """When to stop where a clip goes on to something else: a take for a new pose shows one position."""
    first, *later = clip.holds
    return first[1] + LEAVES_WITHIN_S if later else None


def reference_of(job: tuple[Path, Task]) -> Reference:
    """Make a reference as the program does."""
    folder, task = job
    known = library.LIBRARY.poses[task.pose_id]
    if task.kind == LIBRARY:
        return Reference(task, known)
    make = new_of if task.kind == NEW else personal_of
    try:
        return Reference(task, make(folder, task, known))
    except TakeError as error:
        return Reference(task, None, str(error))


def personal_of(folder: Path, task: Task, known: Pose) -> Pose:
    return personal_reference([take(folder, task, known)], known, library.LIBRARY.recognised, DATE)


def new_of(folder: Path, task: Task, known: Pose) -> Pose:
    """A pose made without knowing that the library has it; on which side it is done is said."""
    others = [pose for pose in library.LIBRARY.poses.values() if pose.id != known.id]
    side = media()[task.source].holds[0][3] if known.sides == "each" else None
    made, _ = new_reference([take(folder, task, None)], ("mine", ""), others, DATE, side=side)
    return made


def take(folder: Path, task: Task, known: Pose | None) -> Take:
    options = TakeOptions(
        model=None,
        mirrored=False,
        part=Part(end_s=task.end_s),
        own_neutral=None,
    )
    return take_of(track_path(folder, task.source), known, options)


def counts_in(job: tuple[Path, Clip, Sequence[Reference]]) -> list[Count]:
    """What each reference counts in a clip."""
    folder, clip, references = job
    recording = Recording.load(track_path(folder, clip.name))
    poses = [each.pose for each in references if each.pose is not None]
    session = Session(poses)
    session.push(recording.track)
    session.finish()
    return [
        count(clip, each.task.pose_id, held_of(each, clip, recording, session))
        for each in references
        if each.pose is not None
    ]


def held_of(
    reference: Reference, clip: Clip, recording: Recording, session: Session
) -> Sequence[Held]:
    """The holds of a reference: asked for by itself where the clip shows it, else beside all others."""
    if reference.pose is not None and reference.task.pose_id in clip.pose_ids:
        return analyse_track(recording, Request(Assignment((reference.pose,))))[0].holds
    watches = [watch for watch in session.watches if watch.form.pose is reference.pose]
    found = [Held(watch.form, hold) for watch in watches for hold in watch.clock.holds]
    return without_overlaps(found, least_s=0.0)


def count(clip: Clip, pose_id: str, held: Iterable[Held]) -> Count:
    """Compare holds with the truth."""
    by_side: dict[str | None, Spans] = defaultdict(list)
    for each in held:
        by_side[each.form.side] += valid_spans(each)
    is_sided = library.LIBRARY.poses[pose_id].sides == "each"
    true = [(a, b, side if is_sided else None) for a, b, of, side in clip.holds if of == pose_id]
    spans = [span for side in by_side.values() for span in side]
    wrong = [] if clip.name == OTHER_SIDE_FIRST else clip.spans("wrong")
    return Count(
        true_s=sum(b - a for a, b, _ in true),
        right_s=float(sum(overlap(by_side[side], [(a, b)]) for a, b, side in true)),
        wrong_s=float(overlap(spans, wrong)) if pose_id in clip.pose_ids else 0.0,
        outside_s=float(outside(clip, pose_id, spans)),
    )


def outside(clip: Clip, pose_id: str, spans: Spans) -> float:
    """Seconds of spans in which the clip does not show the pose."""
    if pose_id in clip.pose_ids and proves_little(clip):
        others = [(a, b) for a, b, of, _ in clip.holds if of != pose_id]
        return overlap(spans, [*others, *clip.spans("wrong"), *clip.spans("absent")])
    return sum(b - a for a, b in spans) - overlap(spans, merged(shown(clip, pose_id)))


def proves_little(clip: Clip) -> bool:
    """Whether only the inner intervals of a clip can be trusted (MANIFEST.md)."""
    return bool({clip.truth["stretch"], clip.truth["scenario"]} & {*PROVE_LITTLE})


def shown(clip: Clip, pose_id: str) -> Spans:
    """The outer intervals in which a clip shows a pose."""
    also = clip.spans(ALSO_TRUE.get(clip.name, ""))
    if clip.name in ALSO_SHOWN:
        return also if pose_id == ALSO_SHOWN[clip.name] else []
    return [*clip.outer, *also] if pose_id in clip.pose_ids else []


def calibrated(folder: Path) -> tuple[list[Pair], list[Reference]]:
    """Every reference on every clip, and the references that could not be made."""
    found = list(media().values())
    with ProcessPoolExecutor(JOBS) as pool:
        list(pool.map(keep_track, product([folder], found)))
        made = list(pool.map(reference_of, product([folder], tasks())))
        ready = [each for each in made if each.pose is not None]
        counts = list(pool.map(counts_in, [(folder, clip, ready) for clip in found]))
    pairs = [
        pair
        for clip, each in zip(found, counts, strict=True)
        for pair in pairs_of(clip, ready, each)
    ]
    return pairs, [each for each in made if each.pose is None]


def pairs_of(
    clip: Clip, references: Sequence[Reference], counts: Sequence[Count]
) -> Iterator[Pair]:
    """The references that were made from clips, each beside the library pose."""
    tried = list(zip(references, counts, strict=True))
    by_library = {each.task.pose_id: own for each, own in tried if each.task.kind == LIBRARY}
    for each, own in tried:
        pose_id = each.task.pose_id
        if each.task.kind != LIBRARY:
            yield Pair(
                task=each.task,
                clip=clip.name,
                own=own,
                by_library=by_library[pose_id],
                shows=pose_id in clip.pose_ids,
                has_own_ranges=each.has_own_ranges,
                length_s=float(clip.times[-1]),
            )


def other_takes(pairs: Iterable[Pair]) -> list[Pair]:
    """Personal references on the other takes of stretches that are held in two clips or more."""
    several = {pose_id for pose_id, held in held_clips().items() if len(held) > 1}
    return [
        each
        for each in pairs
        if each.task.kind == PERSONAL and each.task.pose_id in several and each.is_other_take
    ]


def elsewhere(pairs: Iterable[Pair]) -> list[Pair]:
    """Personal references, those of stiff bodies too, on all clips that they were not made from."""
    return [each for each in pairs if each.task.kind in {PERSONAL, STIFF} and each.is_elsewhere]


def of_stiff(pairs: Iterable[Pair]) -> dict[str, dict[str, float]]:
    """Clip -> what counts -> share of the seconds that a stiff body holds."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for each in pairs:
        if each.task.kind in {STIFF, STIFF_HALF} and not each.is_elsewhere:
            held_s = float(sum(b - a for a, b in media()[each.clip].spans("wrong")))
            found[each.clip][each.task.kind] = each.own.wrong_s / held_s
            found[each.clip][LIBRARY] = each.by_library.wrong_s / held_s
    return found


def of_new(pairs: Iterable[Pair]) -> dict[str, tuple[float, float]]:
    """Clip that a new pose was made from -> share counted in the other, and share of all time elsewhere."""
    mine = defaultdict(list)
    for each in pairs:
        if each.task.kind == NEW:
            mine[each.task.source].append(each)
    return {
        source: (
            next(each.own.share for each in tried if each.clip == NEW_CLIPS[source][1]),
            sum(each.own.outside_s for each in tried) / sum(each.length_s for each in tried),
        )
        for source, tried in mine.items()
    }
