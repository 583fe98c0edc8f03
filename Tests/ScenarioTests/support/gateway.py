"""Gateways as processes: started, watched, stopped, killed."""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from .binary import bare_environment, json_lines, sluice
from .waiting import free_port, until

PUBLIC_URL = "https://app.sluice.test"
PUBLIC_DOMAIN = "app.sluice.test"
CHAIN = "sui:testnet"
DATABASE_KEY = secrets.token_hex(32)
GENEROUS_LIMITS = {
    "SLUICE_LIMIT_CHALLENGE": "1000000/60",
    "SLUICE_LIMIT_VERIFY": "1000000/60",
    "SLUICE_LIMIT_REFRESH": "1000000/60",
    "SLUICE_LIMIT_DEFAULT": "1000000/60",
    "SLUICE_LIMIT_SERVICE": "1000000/60",
    "SLUICE_LIMIT_LIVE_CHALLENGES": "1000000",
}


def settings(directory: Path, database_url: str, **changes: str | None) -> dict[str, str]:
    """A whole development configuration; `changes` set a variable, or take it away with None."""
    audit_key = directory / "audit.key"
    if not audit_key.exists():
        audit_key.write_text(secrets.token_hex(32))
        audit_key.chmod(0o600)
    environment = {
        **bare_environment(directory),
        **GENEROUS_LIMITS,
        "SLUICE_ENV": "development",
        "DATABASE_URL": database_url,
        "SLUICE_PUBLIC_URL": PUBLIC_URL,
        "SLUICE_CHAIN": CHAIN,
        "SLUICE_COOKIE_SECURE": "false",
        "DB_ENCRYPTION_KEY": DATABASE_KEY,
        "SLUICE_AUDIT_KEY_FILE": str(audit_key),
        # Only a proxy in front needs the notice; `None` brings the default back.
        "SLUICE_DRAIN_NOTICE_SECONDS": "0",
    }
    for name, value in changes.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment


def empty_env_file(directory: Path) -> Path:
    """`--env-file` wants a file that only its owner reads; our settings are in the environment."""
    path = directory / "empty.env"
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path


class Gateway:
    """One `sluice gateway` process on a port of its own."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**environment, "SLUICE_LISTEN": f"127.0.0.1:{self.port}"}
        self._directory = directory
        self._log = directory / f"gateway-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.descriptors: int | None = None  # A hard limit for the process, where there is one.

    def start(self, ready_within: float | None = 15) -> "Gateway":
        """Starts, and unless `ready_within` is None waits until /ready answers 200."""
        with open(self._log, "ab") as log:
            limit = ["prlimit", f"--nofile={self.descriptors}"] if self.descriptors else []
            self._process = subprocess.Popen(
                [*limit, "setpriv", "--pdeathsig", "KILL", sluice(), "gateway",
                 "--env-file", str(empty_env_file(self._directory))],
                env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )
        if ready_within is not None:
            until(self._is_ready, within=ready_within, what="the gateway is ready")
        return self

    def _is_ready(self) -> bool:
        assert self.exit_code is None, f"gateway ended with {self.exit_code}:\n{self.output()}"
        return self.ready_status() == 200

    def ready_status(self) -> int | None:
        """The status of /ready, or None when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=6)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        assert self._process is not None
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def suspend(self) -> None:
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """As the kernel would: no goodbye."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def wait(self, within: float = 15) -> int:
        """The exit code, once it ends by itself."""
        assert self._process is not None
        try:
            return self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(
                f"gateway did not end within {within} s\n{self.output()}") from None

    def stop(self) -> int:
        """SIGTERM, then its exit code; a gateway that already ended keeps its code."""
        if self.exit_code is None:
            self.resume()
            self.signal(signal.SIGTERM)
        return self.wait()

    def output(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def log_lines(self) -> list[dict]:
        return json_lines(self.output())

    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")


class Fleet:
    """Gateways over one database; all stop at the end, and each must end well."""

    def __init__(self, directory: Path, database_url: str) -> None:
        self.directory = directory
        self.database_url = database_url
        self._gateways: list[Gateway] = []

    def start(
        self, ready_within: float | None = 15, descriptors: int | None = None,
        **changes: str | None,
    ) -> Gateway:
        environment = settings(self.directory, self.database_url, **changes)
        gateway = Gateway(self.directory, environment)
        gateway.descriptors = descriptors
        self._gateways.append(gateway)
        return gateway.start(ready_within)

    def __iter__(self) -> Iterator[Gateway]:
        return iter(self._gateways)

    def end(self, gateway: Gateway) -> None:
        """Stops one; fails when it was not killed and did not end with 0."""
        was_running = gateway.exit_code is None
        code = gateway.stop()
        assert code == 0 or not was_running, f"ended with {code}:\n{gateway.output()[-4000:]}"

    def stop(self) -> None:
        """Fails when a gateway that was not killed did not end with 0."""
        running = [gateway for gateway in self._gateways if gateway.exit_code is None]
        for gateway in running:
            gateway.resume()
            gateway.signal(signal.SIGTERM)
        for gateway in running:
            code = gateway.wait()
            assert code == 0, f"gateway ended with {code}:\n{gateway.output()[-4000:]}"
