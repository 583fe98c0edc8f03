"""The program under test, and one run of it to its end."""

import json
import os
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


def sluice() -> str:
    """`SLUICE_BINARY`, else the newest build in `.build`."""
    named = os.environ.get("SLUICE_BINARY")
    candidates = [Path(named)] if named else [
        REPOSITORY / ".build" / kind / "sluice" for kind in ("release", "debug")
    ]
    present = [path for path in candidates if path.is_file()]
    if not present:
        raise FileNotFoundError(f"no sluice binary: {', '.join(map(str, candidates))}")
    return str(max(present, key=lambda path: path.stat().st_mtime))


def proving() -> str:
    """`SLUICE_PROVING_BINARY`, else the build with fail points and planted bugs in `.build`."""
    path = Path(os.environ.get("SLUICE_PROVING_BINARY")
                or REPOSITORY / ".build" / "proof" / "debug" / "sluice")
    if not path.is_file():
        raise FileNotFoundError(f"no sluice binary: {path} (make build-proof)")
    return str(path)


def bare_environment(home: Path) -> dict[str, str]:
    """Nothing of the caller's settings; a home without an `.env`."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "SWIFT_BACKTRACE": "enable=no",
    }


def run(
    *arguments: str,
    environment: dict[str, str],
    input: str | None = None,
    timeout: float = 30,
) -> subprocess.CompletedProcess[str]:
    """Runs `sluice …` to its end; the exit code is the caller's to judge."""
    return subprocess.run(
        [sluice(), *arguments],
        env=environment,
        input=input,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def json_lines(text: str) -> list[dict]:
    """Every line that is a JSON object; other lines are not log lines."""
    found = []
    for line in text.splitlines():
        if line.startswith("{"):
            try:
                found.append(json.loads(line))
            except ValueError:
                continue  # The last line may still be on its way.
    return found
