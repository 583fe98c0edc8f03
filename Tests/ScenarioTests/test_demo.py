"""`make demo`, with the build under test."""

import re
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
    circle = re.search(
        r"(\d+) requests were served, then: 402 Payment Required\n.*"
        r"Ben, at the same moment: 200 OK\n.* 200 OK\n.*"
        r"Served: (\d+) requests\. On her paid invoices: (\d+), (0\.\d+) USDC in all\.\n"
        r"HAProxy's own counter: (\d+) served\. Metered: (\d+) of Ada's, .* and (\d+) of Ben's\.",
        re.sub(r"\x1b\[[0-9;]*m", "", result.stdout), re.DOTALL)
    assert circle, result.stdout
    until_402, served, invoiced, paid, counted, adas, bens = map(float, circle.groups())
    assert until_402 == served == invoiced > 200
    assert round(paid * 1_000_000) == invoiced * 100
    assert counted == adas + bens and adas == served + 1
    assert not result.stderr
