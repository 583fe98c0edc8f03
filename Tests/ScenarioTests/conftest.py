"""Whole-system scenarios: real processes, a real database, independent wallets."""

import resource
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support.fixtures import *  # noqa: E402, F403

# Thousands of sockets are open at once in the abuse scenarios, here and in the gateways.
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20000), hard))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread over processes by `--dist loadgroup`, a file's tests stay together, as they share what
    they stand on; but for those that name a group themselves."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
