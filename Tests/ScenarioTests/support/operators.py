"""People who answer for what they do at the dashboard and on the command line."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Commands = Callable[..., subprocess.CompletedProcess[str]]


def add_operator(commands: Commands, name: str) -> str:
    """Her secret."""
    result = commands("keys", "operator", "add", "--name", name, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["secret"]


def secret_file(commands: Commands, directory: Path, name: str) -> Path:
    """A file with the secret of a new operator."""
    path = directory / f"{name}.secret"
    path.write_text(add_operator(commands, name) + "\n")
    path.chmod(0o600)
    return path
