"""Programs that a test needs and pip cannot bring: skipped with a line that says how to get them, except in CI."""

import os
import shutil

import pytest

REQUIRED = os.environ.get("CASEFORGE_REQUIRE_SERVICES", "") not in ("", "0")


def program_path(name: str, used_by: str, how_to_get: str) -> str:
    """The path of a program. Where it is missing the test is skipped, or fails when everything is required."""
    path = shutil.which(name)
    if path:
        return path
    reason = f"{name} is missing, which {used_by} need. On Debian: {how_to_get}"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)
