"""`sluice manager` as a process."""

import json
import re
import signal
import subprocess
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from support.binary import sluice
from support.gateway import empty_env_file
from support.waiting import free_port


class Manager:
    """Started by the constructor; whoever makes one stops or kills it."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self._port = free_port()
        self._log = directory / f"manager-{self._port}.log"
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sluice(), "manager",
                 "--env-file", str(empty_env_file(directory))],
                env={**environment, "SLUICE_MANAGER_LISTEN": f"127.0.0.1:{self._port}"},
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def metric(self, name: str) -> float:
        """The sum over its labels; 0 while the manager does not answer."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=6)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        except (OSError, HTTPException):
            if self._process.poll() is not None:
                raise RuntimeError(f"the manager ended: {self._log.read_text()[-2000:]}") from None
            return 0
        finally:
            connection.close()
        return sum(map(float, re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)))

    def said(self, message: str) -> float:
        """When it last logged that, in seconds since 1970."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines()
                 if line.startswith("{") and line.endswith("}")]
        times = [line["time"] for line in lines if line["message"] == message]
        return datetime.fromisoformat(times[-1].replace("Z", "+00:00")).timestamp()

    def kill(self) -> None:
        """As the kernel would: no goodbye."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=40)
        if code not in (0, -signal.SIGKILL):
            raise RuntimeError(f"the manager ended with {code}: {self._log.read_text()[-2000:]}")
