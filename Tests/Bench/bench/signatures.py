"""Our verification of a signature against the C library called directly, curve by curve."""

import json
import subprocess

from .figures import Figure
from .stage import BUILT, HERE


def signatures() -> list[Figure]:
    built = subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", HERE / "Signatures",
         "--scratch-path", BUILT / "signatures", "--product", "SignatureBench"],
        capture_output=True, text=True)
    if built.returncode != 0:
        raise RuntimeError(f"the signature bench does not build: {built.stdout}{built.stderr}")
    program = BUILT / "signatures" / "release" / "SignatureBench"
    output = subprocess.run([program], capture_output=True, text=True, check=True, timeout=120)
    return [_figure(json.loads(line)) for line in output.stdout.splitlines()]


def _figure(result: dict) -> Figure:
    note = f"{result['oursPerSecond']:,} against {result['directPerSecond']:,} per second"
    return Figure(f"verify {result['scheme']}, against the C library", result["ratio"], 0.9,
                  is_floor=True, note=note)
