"""Whole-system scenarios: real processes, a real database, independent wallets."""

import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from support.fixtures import *  # noqa: E402, F403

# Thousands of sockets are open at once in the abuse scenarios, here and in the gateways.
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20000), hard))
