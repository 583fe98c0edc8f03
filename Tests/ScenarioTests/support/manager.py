"""`sluice manager` as a process: started, killed at a named step, frozen, woken."""

import os
import re
import signal
import subprocess
from pathlib import Path

import httpx

from .binary import REPOSITORY, json_lines, proving
from .client import http_client
from .gateway import empty_env_file
from .waiting import free_port

_http = http_client(timeout=5)
REACHED = re.compile(r'FailPoint\.reached\("([a-z_.]+)"\)')


def steps() -> list[str]:
    """Every step at which a build for these tests can be killed, as the sources name them."""
    found = set()
    for path in (REPOSITORY / "Sources").rglob("*.swift"):
        found.update(REACHED.findall(path.read_text()))
    return sorted(step for step in found if not step.startswith("planted."))


class Manager:
    """One process, built with fail points."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.environment = {**environment, "SLUICE_MANAGER_LISTEN": f"127.0.0.1:{self.port}"}
        self._directory = directory
        self._log = directory / f"manager-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **changes: str) -> "Manager":
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", proving(), "manager",
                 "--env-file", str(empty_env_file(self._directory))],
                env={**self.environment, **changes}, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL)
        return self

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Negative after a signal."""
        return self._process.poll() if self._process else None

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None and self.is_running:
            self._process.kill()
            self._process.wait()

    def stop(self, within: float = 20) -> int:
        """SIGTERM, then its exit code."""
        assert self._process is not None
        if self.is_running:
            self.wake()
            self.signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the manager did not stop\n{self.output()[-3000:]}") from None

    def output(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def ready(self) -> dict:
        """What `/ready` tells; empty while nothing listens."""
        try:
            return _http.get(f"http://127.0.0.1:{self.port}/ready").json()
        except httpx.HTTPError:
            return {"checks": {}, "reasons": {}}

    def metric(self, series: str) -> int | None:
        """By its name, or by its name and labels."""
        try:
            text = _http.get(f"http://127.0.0.1:{self.port}/metrics").text
        except httpx.HTTPError:
            return None
        found = [line for line in text.splitlines() if line.startswith(series + " ")]
        return int(found[0].rsplit(" ", 1)[1]) if found else None

    def log_lines(self) -> list[dict]:
        return json_lines(self.output())
