"""result.json against the schema that ships with the package, by a validator that is not ours."""

import json
from copy import deepcopy
from dataclasses import replace
from importlib import resources
from typing import get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import BaseModel

from backstretch.analysis.pipeline import analyse_track
from backstretch.formats.result_documents import ResultDocument
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.judging.recognition import looks_like
from backstretch.judging.request import Assignment, Request
from backstretch.kinematics.landmarks import LandmarkTrack
from backstretch.poses.pose_file import load_pose
from tests.figures import every, moments, side_bend
from tests.places import POSE_FILES, SAMPLES

SCHEMA = json.loads(
    resources.files("backstretch.formats").joinpath("result.schema.json").read_text("utf-8")
)
JUDGE = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
BEND, CHILD = (
    load_pose(POSE_FILES / f"{name}.toml") for name in ("standing_side_bend", "childs_pose")
)
LEANS = [(0.0, 0.0), (2.0, 0.0), (4.0, 25.0), (14.0, 25.0), (15.0, 0.0), (17.0, 0.0)]
SOURCE = Source("bend.npz", 17.0, 15.0, 255, 640, 480)
SPAN = {"start_s": 1.0, "end_s": 2.5, "kind": "wrong", "reason": "bouncing"}
CHECK = {
    "label": "knee",
    "words": "knees straight",
    "columns": ["knee.left", "knee.right"],
    "unit": "deg",
    "good": [165, 180],
    "accept": [155.5, 180],
    "required": True,
    "more": "",
}
STRETCH = {
    "pose": "a",
    "name": "A",
    "side": "left",
    "held_s": 1.5,
    "done": 0,
    "asked": 2,
    "asked_s": 20.0,
    "checks": [CHECK],
}
SNAPSHOT = {
    "time_s": 1.0,
    "pose": "a",
    "side": None,
    "state": "in",
    "reason": "",
    "closeness": 0.85,
    "image_wh": [640, 480],
    "xy_px": [[1.5, 2.0]] * 32 + [None],
}

FULL = {
    "recorded_at": "2026-11-28T07:31:05+00:00",
    "title": "Side bend",
    "person": "Ann",
    "height_cm": 172.5,
    "stretches": [STRETCH],
    "attempts": [SPAN],
    "snapshots": {"best": SNAPSHOT, "worst": SNAPSHOT},
    "calibrated": {"a": "2026-11-01"},
}


def analysed(timeline, *poses, asked=True):
    track = LandmarkTrack.of(timeline, side_bend(0.0).seen(0.0).image_wh)
    source = replace(SOURCE, frames=len(timeline))
    result, _ = analyse_track(Recording(track, source), Request(Assignment(poses, asked=asked)))
    return result


def document(result):
    """As others read it: through JSON."""
    return json.loads(json.dumps(result.as_dict()))


def bending():
    return moments(lambda lean: side_bend(lean).seen(0.0), LEANS, every(15.0, 17.0))


@pytest.fixture(scope="module")
def held():
    contents = document(analysed(bending(), BEND))
    assert contents["holds"]
    return contents


def faults(document):
    return [error.message for error in JUDGE.iter_errors(document)]


def at(document, path):
    for key in path:
        document = document[key]
    return document


def test_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


class TestRealDocuments:
    def test_with_a_hold_of_a_stretch_asked_for(self, held):
        assert faults(held) == []

    def test_with_recognised_stretches(self):
        contents = document(analysed(bending(), BEND, CHILD, asked=False))
        assert contents["pose"] is None
        assert contents["holds"]
        assert faults(contents) == []

    def test_with_another_stretch_asked_for_and_nothing_held(self):
        contents = document(analysed(bending(), CHILD))
        assert contents["holds"] == []
        assert faults(contents) == []

    def test_with_nobody_in_view(self):
        nobody = [(n / 10, None) for n in range(30)]
        contents = document(analysed(nobody, BEND))
        assert contents["neutral"] is None
        assert faults(contents) == []

    @pytest.mark.parametrize("asked", [True, False])
    def test_of_a_photograph(self, asked):
        marks = side_bend(25.0).seen(0.0)
        result = analysed([(0.0, marks)], BEND, asked=asked)
        contents = document(replace(result, looks_like=looks_like(marks, (BEND,))))
        assert contents["looks_like"]
        assert faults(contents) == []

    @pytest.mark.model
    def test_of_a_video(self):
        from backstretch import analyze

        result = analyze(SAMPLES / "side_bend.mp4", start_s=0, end_s=6)
        assert faults(document(result)) == []


def paths_of_fields(schema, path=()):
    """Paths of the fields that every document must have; lists by their first entry."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    for name in schema.get("required", ()):
        yield (*path, name)
    for name, inner in schema.get("properties", {}).items():
        yield from paths_of_fields(inner, (*path, name))
    if "items" in schema:
        yield from paths_of_fields(schema["items"], (*path, 0))


FIXED = [
    path
    for path in paths_of_fields(SCHEMA)
    if path[0] in {"schema", "source", "pose", "holds", "totals", "warnings"}
    and "spans" not in path
]


class TestFixedFields:
    def test_are_those_of_the_design(self):
        assert ("totals", "by_side", "left") in FIXED
        assert ("holds", 0, "valid_s") in FIXED
        assert len(FIXED) == 6 + 6 + 11 + 4 + 3

    @pytest.mark.parametrize("path", FIXED, ids=lambda path: ".".join(map(str, path)))
    def test_cannot_be_left_out_or_renamed(self, held, path):
        changed = deepcopy(held)
        inside = at(changed, path[:-1])
        inside[f"{path[-1]}_new"] = inside.pop(path[-1])
        assert faults(changed)

    @pytest.mark.parametrize("path", FIXED, ids=lambda path: ".".join(map(str, path)))
    def test_cannot_change_their_type(self, held, path):
        changed = deepcopy(held)
        at(changed, path[:-1])[path[-1]] = [{}]
        assert faults(changed)

    def test_others_may_be_added(self, held):
        changed = deepcopy(held)
        for inside in (changed, changed["holds"][0], changed["source"], changed["totals"]):
            inside["something_new"] = {"a": 1}
        assert faults(changed) == []


class TestOptionalFields:
    def test_may_all_be_there(self, held):
        assert faults({**held, **FULL}) == []

    def test_may_be_left_out(self, held):
        kept = ("schema", "source", "pose", "holds", "totals", "warnings")
        assert faults({name: held[name] for name in kept}) == []

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": None},
            {"recorded_at": 5},
            {"person": None},
            {"attempts": [{**SPAN, "kind": "lost"}]},
            {"stretches": [{**STRETCH, "checks": [{**CHECK, "good": [1]}]}]},
            {"stretches": [{**STRETCH, "side": "both"}]},
            {"stretches": [{**STRETCH, "checks": [{**CHECK, "more": None}]}]},
            {"snapshots": {"best": {**SNAPSHOT, "xy_px": [[1, 2]] * 32}}},
            {"snapshots": {"worst": {**SNAPSHOT, "image_wh": [640.5, 480]}}},
        ],
    )
    def test_keep_their_types(self, held, wrong):
        assert faults({**held, **FULL, **wrong})


def fields_read(model, schema):
    """Each field that a report reads, with its place in the schema, or None where it has none."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    schema = next((each for each in schema.get("anyOf", ()) if "properties" in each), schema)
    for name, field in model.model_fields.items():
        inner = schema["properties"].get(name)
        yield name, field, schema if inner else None
        for part in [field.annotation, *get_args(field.annotation)]:
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from fields_read(
                    part, inner.get("items", inner.get("additionalProperties", inner))
                )


READ = list(fields_read(ResultDocument, SCHEMA))


class TestWhatAReportReads:
    def test_is_in_the_schema(self):
        assert len(READ) > 40
        assert [name for name, _, place in READ if place is None] == []

    def test_is_needed_only_where_the_schema_requires_it(self):
        needed = [(name, place) for name, field, place in READ if field.is_required()]
        assert [name for name, place in needed if name not in place["required"]] == []


def described(schema):
    """Every field's schema, in the whole of it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for inner in schema.values():
            yield from described(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from described(inner)


def test_every_field_is_described():
    assert [
        name for name, field in described(SCHEMA) if not {"description", "$ref"} & {*field}
    ] == []
