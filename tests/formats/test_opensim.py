"""TRC and MOT files, read back by a reader that is not ours (TRC) and by a plain parser (MOT)."""

import math

import numpy as np
import pytest
import trc  # type: ignore[import-untyped]

from backstretch.files import write_whole
from backstretch.formats.track_files import (
    ANGLES,
    MARKERS,
    Recording,
    angles_deg,
    evenly,
    mot_name,
    mot_text,
    rate_hz,
    trc_text,
)
from backstretch.frame import Source
from backstretch.kinematics.landmarks import COUNT, INDEX, NAMES, Landmarks, LandmarkTrack
from tests.figures import side_bend

WH = (640, 480)
TIMES = (0.0, 0.04, 0.09, 0.12)
NOBODY_AT = 2


def track():
    """Leaning further and further to the left; nobody at one moment."""
    leans = {time_s: None if n == NOBODY_AT else 5.0 * n for n, time_s in enumerate(TIMES)}
    moments = [
        (time_s, None if lean is None else side_bend(lean).seen(0.0))
        for time_s, lean in leans.items()
    ]
    return LandmarkTrack.of(moments, next(m for _, m in moments if m).image_wh)


@pytest.fixture
def read_trc(tmp_path):
    path = tmp_path / "bend.trc"
    write_whole(path, trc_text(track(), path.name).encode())
    found = trc.TRCData()
    found.load(str(path))
    return found


def parsed_mot(text):
    head, body = text.split("endheader\n")
    about = dict(line.split("=") for line in head.splitlines()[1:])
    names, *rows = [line.split("\t") for line in body.splitlines()]
    return about, names, [[float(cell) for cell in row] for row in rows]


class TestTrc:
    def test_head_says_how_much_there_is_and_in_which_unit(self, read_trc):
        assert read_trc["NumFrames"] == len(TIMES) == len(read_trc["Time"])
        assert read_trc["NumMarkers"] == COUNT == len(read_trc["Markers"])
        assert (read_trc["Units"], read_trc["FileName"]) == ("m", "bend.trc")

    def test_times_are_those_of_the_frames(self, read_trc):
        assert read_trc["Time"] == list(TIMES)
        assert read_trc["DataRate"] == pytest.approx(25.0)

    @pytest.mark.parametrize("name", NAMES)
    def test_marker_lies_where_the_landmark_does_with_y_up(self, read_trc, name):
        x, y, z = track().world_m[1, INDEX[name]]
        assert read_trc[MARKERS[name]][1] == pytest.approx([x, -y, -z], abs=1e-6)

    def test_head_is_up_and_left_is_to_the_right_of_the_picture(self, read_trc):
        assert read_trc["Nose"][0][1] > 0.3 > read_trc["LAnkle"][0][1]
        assert read_trc["LShoulder"][0][0] > read_trc["RShoulder"][0][0]

    def test_a_frame_with_nobody_has_empty_cells(self, read_trc):
        assert all(math.isnan(value) for value in read_trc["LHip"][NOBODY_AT])
        row = trc_text(track(), "a.trc").splitlines()[6 + NOBODY_AT]
        assert row.split("\t") == ["3", "0.090000", *[""] * (3 * COUNT)]

    def test_every_row_has_a_cell_for_every_coordinate(self):
        rows = trc_text(track(), "a.trc").splitlines()[6:]
        assert {row.count("\t") for row in rows} == {1 + 3 * COUNT}

    def test_a_name_with_spaces_stays_one_field(self):
        assert trc_text(track(), "my bend\t1.trc").splitlines()[0].endswith("\tmy_bend_1.trc")


class TestMarkers:
    def test_are_named_as_in_sports2d(self):
        assert MARKERS["left_hip"] == "LHip"
        assert MARKERS["right_foot_index"] == "RBigToe"
        assert MARKERS["mouth_left"] == "LMouth"

    def test_no_two_are_called_the_same(self):
        assert len(set(MARKERS.values())) == COUNT


class TestMot:
    def test_head_counts_rows_and_columns(self):
        about, names, rows = parsed_mot(mot_text(track(), "bend.mot"))
        assert about["inDegrees"] == "yes"
        assert int(about["nRows"]) == len(rows) == len(TIMES)
        assert int(about["nColumns"]) == len(names) == len(ANGLES) + 1
        assert {len(row) for row in rows} == {len(names)}

    def test_times_strictly_increase(self):
        _, names, rows = parsed_mot(mot_text(track(), "bend.mot"))
        assert names[0] == "time"
        assert (np.diff([row[0] for row in rows]) > 0).all()

    def test_lean_is_the_lean_of_the_figure(self):
        _, names, rows = parsed_mot(mot_text(track(), "bend.mot"))
        leans = [row[names.index("trunk_lean_lat_left")] for row in rows]
        assert leans[:NOBODY_AT] + leans[NOBODY_AT + 1 :] == pytest.approx([0, 5, 15], abs=0.5)

    def test_with_nobody_all_angles_are_nan(self):
        _, _, rows = parsed_mot(mot_text(track(), "bend.mot"))
        assert all(math.isnan(value) for value in rows[NOBODY_AT][1:])

    def test_an_unseen_wrist_takes_its_elbow_and_nothing_more(self):
        body = side_bend(0.0).seen(0.0)
        visibility = body.visibility.copy()
        visibility[INDEX["left_wrist"]] = 0.0
        hidden = Landmarks(body.xy_px, body.world_m, visibility, body.image_wh)
        _, names, rows = parsed_mot(
            mot_text(LandmarkTrack.of([(0.0, hidden)], hidden.image_wh), "a.mot")
        )
        told = dict(zip(names, rows[0], strict=True))
        assert math.isnan(told["elbow_left"])
        assert told["elbow_right"] == pytest.approx(180, abs=1)

    def test_holds_no_relative_measures_and_no_ratios(self):
        names = {mot_name(column) for column in ANGLES}
        assert not any("_rel" in name or "nose" in name or "_to_" in name for name in names)
        assert {"knee_left", "hip_right_world", "trunk_incl"} <= names

    def test_a_track_in_which_nobody_was_seen_is_written_too(self):
        _, _, rows = parsed_mot(mot_text(LandmarkTrack.of([(0.0, None), (0.1, None)], WH), "a"))
        assert all(math.isnan(value) for row in rows for value in row[1:])


def test_rate_is_that_of_most_steps():
    assert rate_hz(np.array([0.0, 0.1, 0.2, 5.0])) == pytest.approx(10.0)
    assert rate_hz(np.array([3.0])) == 1.0


LENGTH_S = 4.0
TURN_DEG_PER_S = 5.0


def leaning(*times_s, nobody=(), duration_s=LENGTH_S, fps=25.0):
    """A recording looked at at these times, of somebody who leans evenly to the left; some with nobody."""
    moments = [
        (t, None if t in nobody else side_bend(TURN_DEG_PER_S * t).seen(0.0)) for t in times_s
    ]
    wh = next(m for _, m in moments if m).image_wh
    source = Source("a.mp4", duration_s, fps, round(duration_s * fps), *wh)
    return Recording(LandmarkTrack.of(moments, wh), source)


IRREGULAR = (0.0, 0.08, 0.16, 0.56, 0.96, 1.0, 1.04, 1.48, 1.92, 2.4, 2.84, 3.2, 3.56, 3.96)


def leans(even):
    return angles_deg(even.track)[
        :, [mot_name(each) for each in ANGLES].index("trunk_lean_lat_left")
    ]


class TestEvenly:
    @pytest.mark.parametrize("asked_hz", [None, 10.0, 29.97, 60.0, 240.0])
    def test_rows_last_as_long_as_the_recording(self, tmp_path, asked_hz):
        even = evenly(leaning(*IRREGULAR), asked_hz)
        path = tmp_path / "a.trc"
        path.write_text(trc_text(even.track, "a.trc"))
        data = trc.TRCData()
        data.load(str(path))
        assert data["DataRate"] == pytest.approx(asked_hz or 25.0)
        assert data["NumFrames"] / data["DataRate"] == pytest.approx(
            LENGTH_S, abs=0.5 / data["DataRate"]
        )
        assert np.ptp(np.diff(data["Time"])) < 2e-6
        assert len(data["Time"]) == data["NumFrames"]

    def test_between_looks_angles_go_evenly_from_one_to_the_other(self):
        even = evenly(leaning(*IRREGULAR))
        expected = TURN_DEG_PER_S * even.track.time_s
        assert leans(even) == pytest.approx(expected, abs=0.3)

    def test_rows_at_looks_are_the_looks(self):
        recording = leaning(*IRREGULAR)
        even = evenly(recording)
        at = np.round(recording.track.time_s * 25).astype(int)
        assert even.track.world_m[at] == pytest.approx(recording.track.world_m, abs=1e-12)

    def test_a_gap_that_the_hold_clock_does_not_bridge_stays_empty(self):
        even = evenly(leaning(0.0, 0.4, 1.0, 1.4, 1.8, 2.2, 2.6, 3.0, 3.4, 3.8, 3.96))
        empty = np.isnan(even.track.world_m[:, 0, 0])
        assert even.track.time_s[empty] == pytest.approx(np.arange(11, 25) / 25)
        assert np.isnan(leans(even)).tolist() == empty.tolist()
        assert even.gap_s == pytest.approx(14 / 25)

    def test_nothing_is_made_up_between_somebody_and_nobody(self):
        even = evenly(leaning(*IRREGULAR, nobody=(1.48, 1.92)))
        empty = np.isnan(even.track.xy_px[:, 0, 0])
        times_s = even.track.time_s[empty]
        assert (times_s.min(), times_s.max()) == pytest.approx((1.08, 2.36))
        assert even.gap_s == 0.0

    def test_an_elbow_unseen_at_one_look_is_unseen_up_to_the_next(self):
        recording = leaning(0.0, 0.4, 0.8, duration_s=0.84)
        recording.track.visibility[1, INDEX["left_elbow"]] = 0.0
        _, names, rows = parsed_mot(mot_text(evenly(recording).track, "a"))
        elbow = [math.isnan(row[names.index("elbow_left")]) for row in rows]
        assert elbow == [False, *[True] * 19, False]

    def test_a_part_is_that_part_at_its_times(self):
        even = evenly(leaning(10.0, 10.4, 10.8, 11.0, duration_s=96.0))
        assert even.track.time_s[[0, -1]] == pytest.approx([10.0, 11.0])
        assert len(even.track) == 26

    def test_a_rate_that_the_recording_does_not_state_is_30(self):
        assert evenly(leaning(*IRREGULAR, fps=0.0)).rate_hz == 30.0

    def test_one_picture_is_one_row(self):
        even = evenly(leaning(0.0, duration_s=0.0))
        assert even.track.world_m[0] == pytest.approx(leaning(0.0).track.world_m[0])
        assert len(even.track) == 1

    def test_a_track_without_a_moment_stays_empty(self):
        recording = Recording(LandmarkTrack.of([], WH), leaning(0.0).source)
        assert len(evenly(recording).track) == 0
