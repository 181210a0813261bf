"""Which models are installed: read from their folders without loading any of them (no torch here)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
"""Where the bundled models are: a folder each, and ``index.json``, which names the default one."""
WEIGHTS_NAME = "diffusion_pytorch_model.safetensors"


class ModelError(RuntimeError):
    """A model folder is missing or damaged; the message says which and what to do."""


@dataclass(frozen=True)
class InstalledModel:
    """A model folder: its name, version, where it is, the hash of its weights and the text of its card."""

    name: str
    version: str
    folder: Path
    weights_sha256: str
    size: int
    card: str


def installed_models(root: Path = WEIGHTS) -> list[InstalledModel]:
    """Every model folder under ``root``, by name. A damaged folder raises ModelError."""
    return [describe(config.parent) for config in sorted(root.glob("*/config.json"))]


def describe(folder: Path) -> InstalledModel:
    """What is in a model folder. Raises ModelError when it is no model folder."""
    weights = folder / WEIGHTS_NAME
    if not weights.is_file():
        raise ModelError(f"{folder} holds no {WEIGHTS_NAME}. Train a model into it or restore the bundled one.")
    try:
        config = json.loads((folder / "config.json").read_text())
        version = json.loads((folder / "model.json").read_text())["version"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"The model folder {folder} is damaged: {error}. Restore it.") from error
    card = folder / "README.md"
    return InstalledModel(
        name=folder.name,
        version=version,
        folder=folder,
        weights_sha256=file_sha256(weights, weights.stat().st_mtime_ns),
        size=int(config["size"]),
        card=card.read_text() if card.is_file() else "",
    )


def default_model(root: Path = WEIGHTS) -> InstalledModel:
    """The bundled model that is used when none is named. Raises ModelError when there is none."""
    try:
        name = json.loads((root / "index.json").read_text())["default"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"No default model is named in {root / 'index.json'}. Restore the bundled weights.") from error
    return describe(root / name)


@lru_cache(maxsize=32)
def file_sha256(path: Path, changed_at: int) -> str:
    """SHA-256 of a file, hexadecimal; remembered until the file's time of change differs."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
