"""Sets in the real window, unattended: three of the lower back in every run, the whole set before a release.

One recording of rendered clips is played as a camera, in real time.
"""

import json
from dataclasses import dataclass
from itertools import islice

import pytest

from backstretch.formats.session_log import read_session
from backstretch.vision.video_reader import VideoReader
from backstretch.vision.video_writer import AnnotatedVideo
from tests.live.walks import walk
from tests.places import MEDIA

EVERY = 2
"""Of the clips' 24 pictures a second: 12 are enough, and leave time for what else runs."""
HOLD_S = 5.0
"""What every clip holds at least; the sets' own 30 s would take a quarter of an hour."""


@dataclass(frozen=True)
class Played:
    """A set that is gone through, and what is played.

    Attributes:
        set_id: The set.
        clips: In the order of the set, each up to a second in which its holds are over.
        expected: Least and most seconds of each hold: the truth of the clips. Cat and cow: what analyze counts.
            The tilt: what was asked for, since lying with bent knees goes on.
        within_s: So long it may take.
        text: The set's file, if it is not of the library.
    """

    set_id: str
    clips: tuple[tuple[str, float], ...]
    expected: dict[tuple[str, str | None], tuple[float, float]]
    within_s: float
    text: str = ""


LOWER_BACK = Played(
    "lower_back",
    (
        ("08_childs_pose_left", 19.5),
        ("12_knee_chest_LR_left", 27.0),
        ("15_pelvic_tilt_left", 18.0),
        ("07_cat_cow_left", 17.0),
        ("11_sphinx_fl45", 16.5),
        ("50_floor_twist_LR_fl30", 32.5),
        ("54_figure4_chair_LR_front", 34.0),
    ),
    {
        ("childs_pose", None): (12.0, 15.5),
        ("single_knee_to_chest", "left"): (7.0, 10.2),
        ("single_knee_to_chest", "right"): (7.0, 10.2),
        ("pelvic_tilt", None): (5.0, 5.7),
        ("cat_pose", None): (5.0, 6.2),
        ("cow_pose", None): (5.0, 6.2),
        ("sphinx_pose", None): (9.0, 11.4),
        ("seated_spinal_twist", "left"): (8.0, 11.8),
        ("seated_spinal_twist", "right"): (8.0, 11.8),
        ("figure_four_chair", "right"): (10.0, 12.8),
        ("figure_four_chair", "left"): (10.0, 12.8),
    },
    within_s=250.0,
)
STRETCHES = {"single_knee_to_chest": (20, 2), "cat_pose": (5, 5), "cow_pose": (5, 5)}
"""Seconds and repetitions, as in the set of the lower back."""
THREE = Played(
    "three",
    tuple(clip for clip in LOWER_BACK.clips if clip[0][:2] in {"12", "07"}),
    {form: seconds for form, seconds in LOWER_BACK.expected.items() if form[0] in STRETCHES},
    within_s=90.0,
    text='name = "Three of them"\nabout = "Made for a test."\nsource = "A test"\nrest_s = 15\n'
    + "".join(
        f'[[stretch]]\npose = "{each}"\nhold_s = {hold_s}\nrepetitions = {times}\n'
        for each, (hold_s, times) in STRETCHES.items()
    ),
)

pytestmark = [
    pytest.mark.model,
    pytest.mark.timeout(360),
    pytest.mark.skipif(not MEDIA.is_dir(), reason="the rendered clips are not here"),
]


def pictures(clips):
    """Times and pictures of all clips, one after the other."""
    offset_s = last_s = 0.0
    for name, end_s in clips:
        with VideoReader(MEDIA / f"{name}.mp4") as reader:
            for frame in islice(reader.frames(0.0, end_s), 0, None, EVERY):
                last_s = offset_s + frame.time_s
                yield last_s, frame.image
        offset_s = last_s + EVERY / 24.0


def join(path, clips):
    """One recording of all clips."""
    with AnnotatedVideo(path, (640, 480)) as video:
        for time_s, image in pictures(clips):
            video.write(image, time_s)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(THREE, marks=pytest.mark.realtime),
        pytest.param(LOWER_BACK, marks=pytest.mark.exhaustive),
    ],
    ids=lambda played: played.set_id,
)
def played(request):
    return request.param


@pytest.fixture(scope="module")
def session(tmp_path_factory, played):
    """What the program printed, and the folder that it kept."""
    folder = tmp_path_factory.mktemp("set")
    camera = folder / "all.mp4"
    join(camera, played.clips)
    if played.text:
        path = folder / "backstretch" / "poses" / "sets" / f"{played.set_id}.toml"
        path.parent.mkdir(parents=True)
        path.write_text(played.text, encoding="utf-8")
    options = ("--hold", f"{HOLD_S:g}", "--repetitions", 1, "--json", "--camera", camera)
    walked = walk(folder, "--set", played.set_id, *options, within_s=played.within_s)
    return json.loads(walked.done.stdout), next(folder.glob("backstretch/sessions/*"))


def test_every_stretch_and_side_of_the_set_is_held_once(session, played):
    result, _ = session
    assert [(hold["pose"], hold["side"]) for hold in result["holds"]] == list(played.expected)


def test_every_hold_of_the_set_is_as_long_as_it_was(session, played):
    result, _ = session
    seconds = {(hold["pose"], hold["side"]): hold["valid_s"] for hold in result["holds"]}
    wrong = {
        form: seconds.get(form, 0.0)
        for form, (low_s, high_s) in played.expected.items()
        if not low_s <= seconds.get(form, 0.0) <= high_s
    }
    assert wrong == {}


def test_the_session_ends_by_itself_when_all_is_done(session, played):
    _, folder = session
    past = read_session(folder / "session.jsonl")
    assert past.lines[-1]["reason"] == "done"
    assert len(past.holds) == len(played.expected)


def test_no_picture_is_left(session):
    _, folder = session
    assert sorted(path.name for path in folder.iterdir()) == [
        "report.html",
        "result.json",
        "session.jsonl",
        "steps.csv",
    ]
