"""`sluice dev` in a temporary directory."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from terminal import DemoFailed, paint, say

START_SECONDS = 60
REPOSITORY = Path(__file__).resolve().parents[2]


class Stack:
    """Lives until the end of the `with` block. The binary is `SLUICE_BINARY`, else the build in
    `.build/release`."""

    def __init__(self) -> None:
        named = os.environ.get("SLUICE_BINARY")
        self._binary = Path(named) if named else REPOSITORY / ".build/release/sluice"
        self._directory = tempfile.TemporaryDirectory(prefix="sluice-demo-")
        self._state = Path(self._directory.name) / "state"
        self._log = Path(self._directory.name) / "dev.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Stack":
        if not self._binary.is_file():
            raise DemoFailed(f"{self._binary} is not there; run `make build` first")
        command = [str(self._binary), "dev", "--state-dir", str(self._state)]
        for part in ("gateway", "node", "manager", "intake"):
            command += [f"--{part}-port", str(free_port())]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            self._wait_until_ready()
            return self
        except BaseException:
            self.__exit__()
            raise

    @property
    def ready(self) -> dict:
        """What `ready.json` says now."""
        return json.loads((self._state / "ready.json").read_text())

    def run(self, *arguments: str) -> tuple[int, str]:
        """A command of sluice's against this stack: its exit code and its output."""
        result = subprocess.run(
            [self._binary, *arguments, "--env-file", self.ready["envFile"]],
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        return result.returncode, result.stdout + result.stderr

    def show(self, *arguments: str) -> None:
        """Such a command with what it prints; it has to succeed."""
        say(paint("$ sluice " + " ".join(arguments), "1;36"))
        code, output = self.run(*arguments)
        for line in output.rstrip().splitlines():
            say("  " + line)
        say()
        if code != 0:
            raise DemoFailed(f"`sluice {arguments[0]}` ended with {code}")

    def kill(self, part: str) -> int:
        """kill -9, as a power cut would; `sluice dev` starts the part again."""
        pid = self.ready["pids"][part]
        os.kill(pid, signal.SIGKILL)
        return pid

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        pause = threading.Event()
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise DemoFailed(
                    f"`sluice dev` ended with {self._process.returncode}:\n{self._tail()}")
            if (self._state / "ready.json").exists():
                return
            pause.wait(0.05)
        raise DemoFailed(f"the stack was not ready in {START_SECONDS} s:\n{self._tail()}")

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._directory.cleanup()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
