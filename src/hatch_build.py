"""Build hook: puts the pose model inside the package.

Current MediaPipe wheels carry no model, an older one carries the two networks of BlazePose
(Apache-2.0). This hook fetches that wheel with pip from the configured package index, checks both
networks against their hashes, describes their input to the Tasks API, and bundles them. The result
stays in the source tree, so a second build needs no network.
"""

import hashlib
import importlib.util
import io
import subprocess
import sys
import tempfile
import types
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import flatbuffers  # type: ignore[import-untyped]
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WHEEL = "mediapipe==0.10.21"
# The wheel is only read, never installed: any of its builds holds the same networks.
WHEEL_TAGS = ("--python-version", "3.12", "--platform", "manylinux_2_28_x86_64")
SCHEMAS = "mediapipe/tasks/metadata/"
MODEL = Path("src/backstretch/models/pose_landmarker_full.task")


class Network(NamedTuple):
    """One TFLite network of the bundle and how its input picture is normalised."""

    source: str
    sha256: str
    name: str
    mean: float
    std: float


NETWORKS = (
    Network(
        "mediapipe/modules/pose_detection/pose_detection.tflite",
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
        "pose_detector.tflite",
        mean=127.5,
        std=127.5,
    ),
    Network(
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
        "pose_landmarks_detector.tflite",
        mean=0.0,
        std=255.0,
    ),
)


class ModelBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling hook for wheels, editable ones included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the model if it is not there yet, and ship it with the wheel."""
        model = Path(self.root) / MODEL
        if not model.exists():
            self.app.display_info(f"fetching the pose model ({WHEEL}, about 36 MB)")
            build_model(model)
        build_data["artifacts"].append(f"/{MODEL.as_posix()}")


def build_model(target: Path) -> None:
    """Fetch, check and bundle the networks into ``target``; whole or not at all."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = zipfile.ZipFile(fetch_wheel(Path(folder)))
        flatbuffer_schema = load_module(wheel, "schema_py_generated")
        metadata_schema = load_module(wheel, "metadata_schema_py_generated")
        parts = {}
        for network in NETWORKS:
            content = verified(wheel.read(network.source), network)
            metadata = describe_input(metadata_schema, network)
            parts[network.name] = with_metadata(flatbuffer_schema, content, metadata)
        wheel.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_bytes(bundle(parts))
    partial.replace(target)


def fetch_wheel(folder: Path) -> Path:
    """Download the wheel with pip, which knows the user's index, proxy and certificates."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    command += ["--no-deps", "--only-binary=:all:", *WHEEL_TAGS, "--dest", str(folder), WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise SystemExit(
            f"backstretch: cannot build without the pose model: fetching {WHEEL} failed ({reason})."
            " Check that pip reaches a package index, then install again."
        )
    return wheels[0]


def verified(content: bytes, network: Network) -> bytes:
    """Return ``content`` if its hash is the known one; otherwise stop the build."""
    found = hashlib.sha256(content).hexdigest()
    if found != network.sha256:
        raise SystemExit(
            f"backstretch: {network.source} of {WHEEL} has sha256 {found}, expected"
            f" {network.sha256}. The model is not what was tested; the build stops here."
        )
    return content


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
