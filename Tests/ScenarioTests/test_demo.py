"""`make demo`, with the build under test."""

import subprocess
import sys
from pathlib import Path

from support.binary import REPOSITORY, bare_environment, sluice


def test_the_demo_lives_through_a_customers_day(tmp_path: Path) -> None:
    result = subprocess.run(
        # Asked to stop, it stops what it has started.
        ["timeout", "150", sys.executable, "-B", str(REPOSITORY / "Config/demo/demo.py")],
        env={**bare_environment(tmp_path), "SLUICE_BINARY": sluice()},
        capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr
    for what in ("kill -9", "On chain: one charge", "No discrepancies.", "Everything is stopped."):
        assert what in result.stdout, result.stdout
    assert not result.stderr
