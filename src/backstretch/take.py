"""One take: a session that is fed moments, and the result that it comes to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from backstretch.hold import Span
from backstretch.landmarks import SIDES, Landmarks
from backstretch.neutral import Neutral
from backstretch.notices import Notice, NoticeKind
from backstretch.recalibration import recalibration
from backstretch.recognition import Held
from backstretch.result import Result, Wanted, alike_joined
from backstretch.session import Session
from backstretch.step import Snapshots, Step
from backstretch.video import Source
from backstretch.view_warnings import view_warnings

SLOW_BELOW_FPS = 12.0
"""Below this the model's tracker can lose a quick movement: the next picture is too far from the last."""


class Take:
    """Feeds a session and keeps what its result needs.

    Args:
        wanted: What was asked.
        session: Judges the poses that were asked for.
    """

    def __init__(self, wanted: Wanted, session: Session) -> None:
        self.wanted = wanted
        self.session = session
        self._count = 0
        self._seen = 0
        self._neutrals: dict[str, Neutral | None] = {}
        self._snapshots = Snapshots()

    def push(self, moments: Sequence[tuple[float, Landmarks | None]]) -> list[Step]:
        """Take moments in order of time; return the steps that are settled."""
        self._count += len(moments)
        self._seen += sum(marks is not None for _, marks in moments)
        return self._noted(self.session.push(moments))

    def finish(self) -> list[Step]:
        """Return the remaining steps and close what is open."""
        return self._noted(self.session.finish())

    def _noted(self, steps: list[Step]) -> list[Step]:
        for step in steps:
            self._snapshots.push(step)
            if step.pose is not None and step.valid_s > 0.0:
                self._neutrals.setdefault(step.pose.id, step.neutral)
        return steps

    @property
    def ours(self) -> tuple[Held, ...]:
        """The holds that are over, of the sides that were asked for."""
        asked = {*(self.wanted.sides or SIDES), None}
        return tuple(each for each in self.session.held if each.form.side in asked)

    def result(self, source: Source, warnings: tuple[Notice, ...]) -> Result:
        """What the take came to; ``warnings`` are those of its source."""
        asked = {*(self.wanted.sides or SIDES), None}
        ours = self.ours
        watches = [w for w in self.session.watches if w.form.side in asked]
        attempts = [span for watch in watches for span in alike_joined(watch.clock.attempts)]
        neutral = next(iter(self._neutrals.values()), self.session.neutral)
        said = [*warnings, *self._view_warnings(ours), *_capped(ours)]
        said += self._recalibrations(source, attempts)
        held_s = sum(each.hold.valid_s for each in self.session.held)
        other_s = held_s - sum(each.hold.valid_s for each in ours)
        if other_s > 0.0:
            said.append(Notice(NoticeKind.OTHER_SIDE, {"held_s": other_s}))
        if self._count == 1:
            said = [*warnings, Notice(NoticeKind.SINGLE_PICTURE)]
        if self._seen == 0:
            said = [*warnings, Notice(NoticeKind.NOBODY_SEEN)]
        return Result(
            source=source,
            wanted=self.wanted,
            holds=ours,
            attempts=tuple(sorted(attempts, key=lambda span: span.start_s)),
            notices=tuple(said),
            neutral=neutral,
            seen=self._seen / max(1, self._count),
            snapshots=self._snapshots,
        )

    def _recalibrations(self, source: Source, attempts: Sequence[Span]) -> Iterator[Notice]:
        """Which calibrations should be made again, of the poses that were asked for or held."""
        ours = self.ours
        poses = {each.form.pose.id: each.form.pose for each in ours}
        if self.wanted.pose is not None:
            poses[self.wanted.pose.id] = self.wanted.pose
        for pose in poses.values():
            ends_s = [each.hold.end_s for each in ours if each.form.pose.id == pose.id]
            neutral = self._neutrals.get(pose.id, self.session.neutral)
            tried = attempts if self.wanted.pose is not None else ()
            yield from recalibration(pose, neutral, source.height, tried, max(ends_s, default=None))

    def _view_warnings(self, held: tuple[Held, ...]) -> list[Notice]:
        """What the camera's place makes uncertain, for each pose that was asked for or recognised."""
        if self.wanted.pose is not None:
            pose = self.wanted.pose
            return view_warnings(pose, self._neutrals.get(pose.id, self.session.neutral))
        if self.session.neutral is None and not held:
            return []
        poses = {each.form.pose.id: each.form.pose for each in held}
        return [
            replace(notice, pose=pose.name)
            for pose_id, pose in poses.items()
            for notice in view_warnings(pose, self._neutrals.get(pose_id, self.session.neutral))
        ]


def _capped(held: tuple[Held, ...]) -> Iterator[Notice]:
    for hold in (each.hold for each in held):
        if hold.held_s > hold.longest_s:
            times_s = {"start_s": hold.start_s, "held_s": hold.held_s, "longest_s": hold.longest_s}
            yield Notice(NoticeKind.CAPPED, times_s)


def too_slow(source: Source) -> Iterator[Notice]:
    """A warning where the pictures are few."""
    if source.frames > 1 and source.fps < SLOW_BELOW_FPS:
        yield Notice(NoticeKind.FEW_PICTURES, {"fps": source.fps})
