"""Pack a trained generator as a model folder: config.json, half-precision safetensors, version, card."""

from __future__ import annotations

import copy
import json
from pathlib import Path

from generation.networks.generator import ChestGenerator


def package(generator: ChestGenerator, folder: Path, version: str, card: str) -> Path:
    """Write the model folder that ``ChestPipeline.from_pretrained`` reads, and return it."""
    copy.deepcopy(generator).cpu().half().save_pretrained(str(folder), safe_serialization=True)
    (folder / "model.json").write_text(json.dumps({"version": version}, indent=1) + "\n")
    if card:
        (folder / "README.md").write_text(card)
    return folder
