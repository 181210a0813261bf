"""Load a model folder, call it with specs, get films."""

from generation.pipelines.chest import ChestPipeline, GeneratedFilm, default_pipeline
from generation.pipelines.models import InstalledModel, ModelError, default_model, installed_models

__all__ = [
    "ChestPipeline",
    "GeneratedFilm",
    "InstalledModel",
    "ModelError",
    "default_model",
    "default_pipeline",
    "installed_models",
]
