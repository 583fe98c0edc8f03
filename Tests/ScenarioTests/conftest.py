"""Whole-system scenarios: real processes, a real database, independent wallets."""

import re
import resource
import sys
from pathlib import Path

import pytest
from xdist.scheduler import LoadGroupScheduling

sys.path.insert(0, str(Path(__file__).parent))

from support.fixtures import *  # noqa: E402, F403

# Thousands of sockets are open at once in the abuse scenarios, here and in the gateways.
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20000), hard))


class Together(LoadGroupScheduling):
    """Tests of one file stay in one process, as they share what they stand on; those whose
    parameters end with `@` and a name stay with those of that name."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        part = re.search(r"@(\w+)\]", test)
        if part:
            return part[1]
        return path if "ScenarioTests/" in path else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together | None:
    """With `--dist loadgroup`. The groups that pytest-xdist itself makes by marks are lost on the
    way from a process that collects: what it writes them to is no attribute of tests any more."""
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None
