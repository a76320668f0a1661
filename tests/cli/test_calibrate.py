"""`backstretch calibrate` from outside: what becomes of takes, where it is kept, and what uses it."""

import sys
from datetime import datetime

import pytest

from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.history.profile import load_neutral
from backstretch.kinematics.landmarks import LandmarkTrack
from backstretch.poses.pose_file import load_pose
from tests.cli.test_live import Home, complaint, document
from tests.cli.test_poses import in_one_line
from tests.figures import (
    FRONT,
    LEFT_SIDE,
    WH,
    Figure,
    Moments,
    folded,
    leftward,
    side_bend,
    standing,
    trembling,
)
from tests.guided_actor import BEND, BEND_DEG, between
from tests.places import SAMPLES

FPS = 8.0
REST_S, MOVE_S, HELD_S = 2.0, 1.5, 5.0
STIFF_DEG, RIGHT_DEG = 9.0, 24.0
"""The library asks for a lean of 11 degrees; how far somebody comes on the right."""
LEFT, RIGHT = side_bend(BEND_DEG), side_bend(RIGHT_DEG).mirrored()
FOLD = folded(120.0)
DAY = datetime.now().astimezone().date().isoformat()

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")


def filmed(path, *held, rest=None, rest_s=REST_S, held_s=HELD_S, camera_deg=FRONT):
    """A landmark track of somebody who is at rest and comes from there into one position after the other."""
    rest = rest or standing()
    plan = [(rest, rest_s)]
    for figure in held:
        plan += [(figure, held_s), (rest, rest_s)]
    bodies, before = [], rest
    for figure, seconds in plan:
        moving = round(MOVE_S * FPS) if figure != before else 0
        bodies += [between(before, figure, (n + 1) / moving) for n in range(moving)]
        bodies += [figure] * round(seconds * FPS)
        before = figure
    timeline: Moments = [(n / FPS, body.seen(camera_deg)) for n, body in enumerate(bodies)]
    return saved(path, trembling(timeline, 0.5))


def saved(path, moments):
    """Moments as a landmark track."""
    source = Source("me.mp4", len(moments) / FPS, FPS, len(moments), *WH)
    Recording(LandmarkTrack.of(moments, WH), source).save(path)
    return path


def printed(done):
    """What a run without any complaint printed, in one line."""
    assert (done.returncode, done.stderr) == (0, ""), done
    return in_one_line(done.stdout)


def read(path):
    """The pose in a file."""
    return load_pose(path)


def seconds_of(done):
    return document(done)["totals"]["valid_s"]


class Person(Home):
    """Somebody with a data folder of their own that is still empty, and with takes beside it."""

    def __init__(self, folder):
        super().__init__(folder / "data", asked=False)
        self.takes = folder

    def run(self, *arguments):
        """Run the program in this process to its end: many runs then take little time."""
        return self.run_inside(*arguments)

    def calibrate(self, *arguments):
        return self.run("calibrate", *arguments)

    def calibrate_outside(self, *arguments):
        """The same in a process of its own."""
        return super().run("calibrate", *arguments)

    def reference(self, pose_id=BEND.id):
        return self.data / "poses" / f"{pose_id}.toml"

    @property
    def files(self):
        """All that is kept."""
        return sorted(path.name for path in self.path.rglob("*") if path.is_file())


@pytest.fixture
def person(tmp_path):
    return Person(tmp_path)


@pytest.fixture(scope="module")
def stiff(tmp_path_factory):
    """Somebody stiff who has calibrated their side bend, their take, and what was printed."""
    person = Person(tmp_path_factory.mktemp("stiff"))
    take = filmed(person.takes / "stiff.npz", side_bend(STIFF_DEG))
    return person, take, person.calibrate_outside(BEND.id, "--from", take)


# Somebody's own ranges


class TestCalibrating:
    def test_writes_one_file_to_the_users_pose_folder(self, stiff):
        person, _, done = stiff
        assert printed(done).endswith(f"Written to {person.reference()}")
        assert person.files == [f"{BEND.id}.toml"]

    def test_writes_the_persons_own_ranges(self, stiff):
        pose = read(stiff[0].reference())
        lean = pose.checks[0]
        assert lean.measured.median == pytest.approx(STIFF_DEG, abs=1.0)
        assert lean.accept[0] < STIFF_DEG < BEND.checks[0].accept[0]

    def test_writes_what_it_was_made_from(self, stiff):
        pose = read(stiff[0].reference())
        assert (pose.refines, pose.name) == (BEND.id, BEND.name)
        assert (pose.calibration.date, pose.calibration.sides) == (DAY, "left")

    def test_shows_what_has_changed(self, stiff):
        told = printed(stiff[2])
        assert "Standing side bend: your own reference" in told
        assert "9 ± 1° 11-60° 5-60° counts earlier" in told, told

    def test_shows_what_the_take_counts_now_and_before(self, stiff):
        person, take, done = stiff
        now_s = seconds_of(person.run("analyze", take, "--pose", BEND.id, "--json"))
        words = f"With these ranges, {now_s:.1f} s of stiff.npz count; with the library's, 0.0 s."
        assert words in printed(done)

    def test_writes_a_file_without_faults(self, stiff):
        assert "no fault" in printed(stiff[0].run("poses", "check", stiff[0].reference()))


class TestAReferenceOfTheUsersOwn:
    def test_is_used_by_itself(self, stiff):
        person, take, _ = stiff
        assert seconds_of(person.run("analyze", take, "--pose", BEND.id, "--json")) > HELD_S - 0.5

    def test_can_be_named_by_its_file(self, stiff):
        person, take, _ = stiff
        done = person.run("analyze", take, "--pose", person.reference(), "--json", "--library")
        assert seconds_of(done) > HELD_S - 0.5

    def test_is_ignored_for_the_library(self, stiff):
        person, take, _ = stiff
        done = person.run("analyze", take, "--pose", BEND.id, "--json", "--library")
        assert seconds_of(done) == 0.0

    def test_is_told_in_a_summary(self, stiff):
        told = printed(stiff[0].run("analyze", stiff[1], "--pose", BEND.id))
        assert f"Reference your own: {BEND.id} of {DAY}" in told

    def test_is_told_where_the_stretch_is_shown(self, stiff):
        told = printed(stiff[0].run("poses", "show", BEND.id))
        assert "(your own reference:" in told
        assert f"Calibrated {DAY}" in told

    def test_is_not_told_of_the_librarys_stretch(self, stiff):
        assert "your own" not in printed(stiff[0].run("poses", "show", BEND.id, "--library"))

    def test_is_marked_in_the_list(self, stiff):
        assert f"{BEND.id} (your own reference)" in printed(stiff[0].run("poses", "list"))

    def test_is_not_written_over(self, stiff):
        person, take, _ = stiff
        before = person.reference().read_bytes()
        said = complaint(person.calibrate(BEND.id, "--from", take))
        assert said == f"{person.reference()}: exists already; add --force to replace it"
        assert person.reference().read_bytes() == before

    def test_is_replaced_by_force(self, person):
        person.reference().parent.mkdir(parents=True)
        person.reference().write_text("from yesterday")
        take = filmed(person.takes / "me.npz", LEFT)
        printed(person.calibrate(BEND.id, "--from", take, "--force"))
        assert read(person.reference()).calibration.date == DAY
        assert person.files == [f"{BEND.id}.toml"]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A take of both sides."""
    return filmed(tmp_path_factory.mktemp("both") / "both.npz", LEFT, RIGHT)


class TestTakes:
    def calibration(self, person, *arguments):
        printed(person.calibrate(BEND.id, *arguments))
        return read(person.reference())

    def test_of_both_sides_give_each_its_own_ranges(self, person, both):
        pose = self.calibration(person, "--from", both)
        lean = pose.checks[0]
        reached = lean.measured.median, lean.right.measured.median
        assert pose.calibration.sides == "each"
        assert reached == pytest.approx((BEND_DEG, RIGHT_DEG), abs=1.0)

    def test_can_be_of_one_side_only(self, person, both):
        pose = self.calibration(person, "--from", both, "--side", "right")
        assert (pose.calibration.sides, pose.checks[0].right) == ("right", None)
        assert pose.checks[0].measured.median == pytest.approx(RIGHT_DEG, abs=1.0)

    def test_can_be_a_part_of_a_recording(self, person, both):
        pose = self.calibration(person, "--from", both, "--end", "10")
        assert pose.calibration.sides == "left"

    def test_can_be_mirror_images(self, person, both):
        pose = self.calibration(person, "--from", both, "--end", "10", "--mirrored")
        assert pose.calibration.sides == "right"

    def test_can_be_several(self, person, both):
        other = filmed(person.takes / "other.npz", LEFT)
        pose = self.calibration(person, "--from", both, "--from", other)
        assert (pose.calibration.sides, pose.calibration.takes) == ("each", 3)

    def test_can_be_written_elsewhere(self, person, both):
        out = person.takes / "new" / "my_bend.toml"
        told = printed(person.calibrate(BEND.id, "--from", both, "--out", out))
        assert told.endswith(f"Written to {out}")
        assert (read(out).id, read(out).refines) == ("my_bend", BEND.id)
        assert person.files == []


# The neutral


TIPPED = Figure(tilt_deg=8.0)
NECK_DEG = 34.0


@pytest.fixture(scope="module")
def tipped(tmp_path_factory):
    """Somebody whose neutral is straight, a bend of theirs that begins tipped, and what was printed."""
    person = Person(tmp_path_factory.mktemp("neutral"))
    straight = filmed(person.takes / "straight.npz", rest_s=3.0)
    done = person.calibrate("--neutral", "--from", straight)
    bend = Figure(tilt_deg=NECK_DEG, neck=leftward(20.0))
    return person, filmed(person.takes / "neck.npz", bend, rest=TIPPED), done


class TestTheNeutral:
    def test_is_written_to_the_users_data(self, tipped):
        person, _, done = tipped
        assert printed(done).endswith(f"Written to {person.data / 'neutral.toml'}")
        kept = load_neutral(person.data / "neutral.toml")
        assert kept is not None
        assert kept.date == DAY

    def test_says_from_where_it_was_seen(self, tipped):
        assert printed(tipped[2]).startswith("Your neutral is saved, seen from the front.")

    def test_is_what_others_are_measured_from(self, tipped):
        person, bend, _ = tipped
        told = printed(person.run("analyze", bend, "--pose", "neck_side_bend"))
        assert f"Rest your own neutral, of {DAY}" in told

    def test_is_ignored_for_the_library(self, tipped):
        person, bend, _ = tipped
        told = printed(person.run("analyze", bend, "--pose", "neck_side_bend", "--library"))
        assert "Rest of the take, 0.0 to 1.0 s" in told

    def test_is_what_a_reference_is_measured_from(self, tipped):
        person, bend, _ = tipped
        out = person.takes / "mine.toml"
        printed(person.calibrate("neck_side_bend", "--from", bend, "--out", out))
        pose = read(out)
        assert pose.calibration.neutral == f"your own neutral, of {DAY}"
        assert pose.checks[0].measured.median == pytest.approx(NECK_DEG, abs=1.5)

    def test_is_what_the_seconds_of_a_take_are_counted_from(self, tipped):
        person, bend, _ = tipped
        analysed = person.run("analyze", bend, "--pose", "neck_side_bend", "--json")
        out = person.takes / "again.toml"
        told = printed(person.calibrate("neck_side_bend", "--from", bend, "--out", out))
        assert f"with the library's, {seconds_of(analysed):.1f} s" in told

    def test_is_not_written_over(self, tipped):
        person, bend, _ = tipped
        said = complaint(person.calibrate("--neutral", "--from", bend))
        assert said.endswith("neutral.toml: exists already; add --force to replace it")


# A new stretch


@pytest.fixture(scope="module")
def fold(tmp_path_factory):
    """Somebody who has made a fold of their own, the take, and what was printed."""
    person = Person(tmp_path_factory.mktemp("new"))
    take = filmed(person.takes / "fold.npz", FOLD, camera_deg=LEFT_SIDE)
    return person, take, person.calibrate("--new", "my_fold", "--from", take)


class TestANewStretch:
    def test_is_written_to_the_users_pose_folder(self, fold):
        person, _, done = fold
        assert printed(done).endswith(f"Written to {person.reference('my_fold')}")
        assert person.files == ["my_fold.toml"]

    def test_says_what_is_still_to_be_done(self, fold):
        assert "cues, safety and dose are drafts. Correct them" in printed(fold[2])

    def test_has_no_faults(self, fold):
        assert "no fault" in printed(fold[0].run("poses", "check", fold[0].reference("my_fold")))

    def test_is_counted(self, fold):
        done = fold[0].run("analyze", fold[1], "--pose", "my_fold", "--json")
        assert seconds_of(done) > HELD_S - 0.5

    def test_is_in_the_list(self, fold):
        assert "my_fold (yours)" in printed(fold[0].run("poses", "list"))

    def test_is_named_as_it_is_called(self, fold):
        person, take, _ = fold
        out = person.takes / "bow.toml"
        printed(person.calibrate("--new", "bow", "--name", "My bow", "--from", take, "--out", out))
        assert read(out).name == "My bow"

    def test_asks_for_its_words_at_a_terminal(self, fold):
        person, take, _ = fold
        out = person.takes / "asked.toml"
        typed = "Evening bow\nknees\nhips\n" + "\n" * 30
        done = person.answering(typed, "calibrate", "--new", "asked", "--from", take, "--out", out)
        assert done.returncode == 0
        assert (read(out).name, read(out).regions) == ("Evening bow", ("hips",))


def test_help_lists_the_command_and_its_options(person):
    told = person.run("calibrate", "--help").stdout
    for option in ["new", "neutral", "from", "side", "name", "out", "force", "still", "takes"]:
        assert f"--{option}" in told


@pytest.mark.model
def test_a_video_is_looked_at(person):
    clip = SAMPLES / "side_bend.mp4"
    told = printed(person.calibrate_outside(BEND.id, "--from", clip, "--end", "6.5"))
    assert "Sides left; the right side is mirrored from it" in told
    assert read(person.reference()).calibration.seconds > 1.0
