"""The build hook: the model is checked, kept, and never silently missing."""

import importlib.util
import os
import zipfile

import pytest

from tests.places import PACKAGE, SOURCE

MODEL = PACKAGE / "models" / "pose_landmarker_full.task"


@pytest.fixture(scope="module")
def hook():
    pytest.importorskip("hatchling", reason="the build backend lives in the build's environment")
    pytest.importorskip("flatbuffers")
    spec = importlib.util.spec_from_file_location("hatch_build", SOURCE / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def no_index(monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", os.devnull)


def run_hook(hook, root):
    build_data: dict[str, list[str]] = {"artifacts": []}
    hook.ModelBuildHook(str(root), {}, None, None, str(root), "wheel").initialize("", build_data)
    return build_data


def test_a_network_of_another_content_stops_the_build(hook):
    with pytest.raises(SystemExit, match=r"sha256 .*, expected .*the build stops here"):
        hook.verified(b"something else", hook.NETWORKS[0])


@pytest.mark.usefixtures("no_index")
def test_without_an_index_the_build_fails_and_says_what_to_do(hook, tmp_path):
    with pytest.raises(SystemExit, match=r"cannot build without the pose model.*package index"):
        hook.build_model(tmp_path / "models" / "model.task")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_index")
def test_a_second_build_needs_no_network(hook, tmp_path):
    model = tmp_path / hook.MODEL
    model.parent.mkdir(parents=True)
    model.write_bytes(b"made before")
    build_data = run_hook(hook, tmp_path)
    assert build_data["artifacts"] == ["/src/backstretch/models/pose_landmarker_full.task"]
    assert model.read_bytes() == b"made before"


def test_the_bundle_is_the_same_whenever_it_is_made(hook):
    parts = {"a.tflite": b"one", "b.tflite": b"two"}
    assert hook.bundle(parts) == hook.bundle(parts)


@pytest.mark.model
def test_the_installed_model_holds_both_networks_uncompressed():
    with zipfile.ZipFile(MODEL) as bundle:
        names = {entry.filename: entry.compress_type for entry in bundle.infolist()}
    assert names == {
        "pose_detector.tflite": zipfile.ZIP_STORED,
        "pose_landmarks_detector.tflite": zipfile.ZIP_STORED,
    }
