"""How fast recordings are analysed: ``pytest -m benchmark -s benchmarks/test_speed_benchmark.py``."""

from dataclasses import replace
from statistics import median

import pytest

from benchmarks.speed import (
    HOLDS,
    LARGE,
    MEASURED,
    MOVEMENT,
    analysed,
    measured,
    recorded,
    repeated,
    run_s,
    table,
    worked,
)

pytestmark = [pytest.mark.benchmark, pytest.mark.model, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("speed")


@pytest.fixture(scope="module")
def rows(folder):
    return {recipe.name: measured(recipe, folder) for recipe in MEASURED}


def test_recordings_are_analysed_so_many_times_as_quickly_as_by_the_bare_loop(rows):
    print("\n" + table(list(rows.values())))
    for recipe in MEASURED:
        assert rows[recipe.name].ratio >= recipe.least


def test_the_seconds_are_those_of_every_picture(rows):
    for row in rows.values():
        assert row.default.held_s == pytest.approx(row.every.held_s, abs=0.1)


def test_the_work_beside_the_model_is_little(folder):
    print(
        f"\n{'recording':26}{'looks':>7}{'decoding':>10}{'model':>8}{'pictures':>10}{'glances':>9}{'judging':>9}{'rest':>7}"
    )
    for recipe in (HOLDS[0], MOVEMENT, LARGE[0]):
        for every_frame in (True, False):
            work = worked(recorded(recipe, folder), every_frame=every_frame)
            print(
                f"{recipe.name:26}{work.looks:7d}{work.decoding:10.2f}{work.model:8.2f}{work.pictures:10.2f}{work.glances:9.2f}"
                f"{work.judging:9.2f}{work.rest:7.2f}   own {work.own:.1%}"
            )
            assert work.own < (0.08 if every_frame else 0.2)


def test_two_jobs_are_quicker_than_one(folder):
    many = folder / "many"
    many.mkdir()
    for recipe in HOLDS[1:]:
        path = recorded(recipe, folder)
        for number in range(4):
            (many / f"{number}-{path.name}").write_bytes(path.read_bytes())
    one_s, two_s = (run_s("analyze", many, "--jobs", jobs)[0] for jobs in ("1", "2"))
    print(f"\n8 recordings: 1 job {one_s:.1f} s, 2 jobs {two_s:.1f} s: {one_s / two_s:.2f} x")
    assert one_s / two_s >= 1.6


def test_an_hour_of_large_pictures_takes_little_memory(folder):
    once = recorded(replace(LARGE[0], name="large", fps=30), folder)
    peaks = []
    for times in (1, 40):
        seconds, peak_mb = run_s("analyze", repeated(once, folder / f"{times}.mp4", times))
        peaks.append(peak_mb)
        print(f"\n{times} x {HOLDS[0].name}, 1920 x 1080: {peak_mb:.0f} MB, {seconds:.0f} s")
    assert peaks[1] < 680.0
    assert peaks[1] - peaks[0] < 100.0


def test_the_start_is_quick(folder):
    path = recorded(HOLDS[1], folder)
    help_s = median(run_s("--help")[0] for _ in range(5))
    first_s = median(run_s("analyze", path, "--end", "0.01")[0] for _ in range(5))
    print(f"\n--help {help_s:.2f} s; the first picture is judged after {first_s:.2f} s")
    assert first_s < 2.0


def test_two_runs_of_the_default_are_alike(folder):
    path = recorded(HOLDS[2], folder)
    first, again = (analysed(path, every_frame=False)[1].as_dict() for _ in range(2))
    assert first == again
