"""Independent libraries and programs against ours; the stage is that of the scenarios."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "ScenarioTests"))

from support.fixtures import *  # noqa: E402, F403
