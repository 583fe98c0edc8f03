"""The bench's own Swift programs: targets of the project's package that no other build has."""

import os
import subprocess
from pathlib import Path

from .stage import REPOSITORY

# As the Makefile has them, so that the modules which `make build` has compiled serve here too.
FLAGS = ["-c", "release", "--explicit-target-dependency-import-check", "error"]


def build_swift(product: str) -> Path:
    # What was planned before it does not know these targets.
    built = subprocess.run(
        ["swift", "build", *FLAGS, "--disable-build-manifest-caching", "--product", product],
        cwd=REPOSITORY, env={**os.environ, "SLUICE_BUILD_BENCHES": "1"}, capture_output=True,
        text=True)
    if built.returncode != 0:
        raise RuntimeError(f"{product} does not build: {built.stdout}{built.stderr}")
    return REPOSITORY / ".build" / "release" / product
