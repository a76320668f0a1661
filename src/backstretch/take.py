"""One take: a session that is fed moments, and the result that it comes to."""

from collections.abc import Iterator, Sequence

from backstretch.hold import Span
from backstretch.landmarks import SIDES, Landmarks
from backstretch.neutral import Neutral
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

    def result(self, source: Source, warnings: tuple[str, ...]) -> Result:
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
            said.append(f"the other side was held for {other_s:.1f} s; it was not asked for")
        if self._count == 1:
            said = [*warnings, "it is a single picture: nothing can be held in it"]
        if self._seen == 0:
            said = [*warnings, "nobody was seen in the recording"]
        return Result(
            source=source,
            wanted=self.wanted,
            holds=ours,
            attempts=tuple(sorted(attempts, key=lambda span: span.start_s)),
            warnings=tuple(said),
            neutral=neutral,
            seen=self._seen / max(1, self._count),
            snapshots=self._snapshots,
        )

    def _recalibrations(self, source: Source, attempts: Sequence[Span]) -> Iterator[str]:
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

    def _view_warnings(self, held: tuple[Held, ...]) -> list[str]:
        """What the camera's place makes uncertain, for each pose that was asked for or recognised."""
        if self.wanted.pose is not None:
            pose = self.wanted.pose
            return view_warnings(pose, self._neutrals.get(pose.id, self.session.neutral))
        if self.session.neutral is None and not held:
            return []
        poses = {each.form.pose.id: each.form.pose for each in held}
        return [
            f"{pose.name}: {words}"
            for pose_id, pose in poses.items()
            for words in view_warnings(pose, self._neutrals.get(pose_id, self.session.neutral))
        ]


def _capped(held: tuple[Held, ...]) -> Iterator[str]:
    for hold in (each.hold for each in held):
        if hold.held_s > hold.longest_s:
            yield (
                f"the hold at {hold.start_s:.0f} s went on for {hold.held_s:.0f} s; "
                f"{hold.longest_s:.0f} s are enough for this stretch and are what counts"
            )


def too_slow(source: Source) -> Iterator[str]:
    """A warning where the pictures are few."""
    if source.frames > 1 and source.fps < SLOW_BELOW_FPS:
        yield f"only {source.fps:g} pictures a second: quick movements can be lost"
