"""Our verification of a signature against the C library called directly, curve by curve."""

import json
import subprocess

from .figures import Figure
from .swift_build import build_swift


def signatures() -> list[Figure]:
    program = build_swift("SignatureBench")
    output = subprocess.run([program], capture_output=True, text=True, check=True, timeout=120)
    return [_figure(json.loads(line)) for line in output.stdout.splitlines()]


def _figure(result: dict) -> Figure:
    note = f"{result['oursPerSecond']:,} against {result['directPerSecond']:,} per second"
    return Figure(f"verify {result['scheme']}, against the C library", result["ratio"], 0.9,
                  is_floor=True, note=note, taken="median of rounds in turns")
