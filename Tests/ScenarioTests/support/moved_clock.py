"""A process whose clock is wrong: moved by a library that is loaded before all others."""

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
DAY = 86_400


class MovedClock:
    """`environment` is for the process; others keep the right time."""

    def __init__(self, directory: Path) -> None:
        library, self._file = directory / "moved_clock.so", directory / "moved_clock"
        subprocess.run(
            [_compiler(), "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
             "-o", library, SOURCE], check=True)
        self._file.write_bytes(struct.pack("=q", 0))
        self.environment = {"LD_PRELOAD": str(library), "MOVED_CLOCK": str(self._file)}

    def move(self, seconds: int) -> None:
        """From the right time, not from where it was moved to."""
        with open(self._file, "r+b") as file:
            file.write(struct.pack("=q", seconds))


def _compiler() -> str:
    """The Swift toolchain's own, which is there wherever Swift is."""
    swift = shutil.which("swift")
    for place in [Path(swift), Path(swift).resolve()] if swift else []:
        if place.with_name("clang").exists():
            return str(place.with_name("clang"))
    return "cc"
