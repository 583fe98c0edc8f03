"""`sluice intake` as a process, and the tables that it fills."""

import http.client
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import psycopg

from .binary import bare_environment, json_lines, sluice
from .cluster import as_edge
from .gateway import empty_env_file
from .waiting import free_port, until

CUSTOMER = 42


class Intake:
    """One process, with the database login of an edge. Its ports stay the same when it is started
    again."""

    def __init__(self, directory: Path, database_url: str, **changes: str) -> None:
        self.directory = directory
        self.port, self.status_port = free_port(), free_port()
        self.spool = directory / f"spool-{self.port}"
        self._log = directory / f"intake-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.arguments: list[str] = []
        self.environment = {
            **bare_environment(directory),
            "SLUICE_ENV": "development",
            "DATABASE_URL": as_edge(database_url),
            "SLUICE_INTAKE_LISTEN": f"tcp:127.0.0.1:{self.port}",
            "SLUICE_INTAKE_STATUS_LISTEN": f"127.0.0.1:{self.status_port}",
            "SLUICE_INTAKE_SPOOL": str(self.spool),
            **changes,
        }

    def start(self) -> "Intake":
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sluice(), "intake", *self.arguments,
                 "--env-file", str(empty_env_file(self.directory))],
                env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(self._answers, within=30, what="the intake answers")
        return self

    def _answers(self) -> bool:
        assert self.is_running, self.output()[-3000:]
        return self.ready()[0] is not None

    def ready(self) -> tuple[int | None, dict]:
        status, body = self._get("/ready")
        return status, json.loads(body) if body else {}

    def _get(self, path: str) -> tuple[int | None, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.status_port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return None, b""
        finally:
            connection.close()

    def metric(self, name: str) -> int:
        """The sum over all labels."""
        text = self._get("/metrics")[1].decode()
        found = re.findall(rf"^sluice_intake_{name}(?:{{[^}}]*}})? (\d+)$", text, re.MULTILINE)
        return sum(map(int, found))

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        assert self._process is not None
        if self.is_running:
            os.kill(self.pid, signal.SIGTERM)
        try:
            return self._process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the intake did not stop\n{self.output()[-3000:]}") from None

    def output(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def log_lines(self) -> list[dict]:
        return json_lines(self.output())

    def segments(self) -> list[Path]:
        return sorted(self.spool.glob("*.segment"))


class UseTables:
    """What the intake has written, asked of the database itself."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _rows(self, query: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            return connection.execute(query, values).fetchall()

    def add_key(self, digest: str, customer: int = CUSTOMER) -> None:
        """A customer, the seal service, and a key by its SHA-256."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "INSERT INTO customers (customer_id, wallet_address, created_at)"
                " VALUES (%s, sha256(%s::text::bytea), now()) ON CONFLICT DO NOTHING",
                (customer, str(customer)))
            connection.execute(
                "INSERT INTO service_instances (customer_id, service_type, created_at, changed_at)"
                " VALUES (%s, 'seal', now(), now()) ON CONFLICT DO NOTHING", (customer,))
            connection.execute(
                "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
                " sealed_key, created_at, changed_at)"
                " VALUES (gen_random_uuid(), %s, 'seal', decode(%s, 'hex'), 'slk_s_x', 'x',"
                " now(), now())", (customer, digest))

    def count(self) -> int:
        return self._rows("SELECT count(*) FROM haproxy_logs")[0][0]

    def by_status(self) -> dict[int, int]:
        return dict(self._rows("SELECT status, count(*) FROM haproxy_logs GROUP BY status"))

    def lost(self) -> int:
        return self._rows("SELECT coalesce(sum(lost), 0)::bigint FROM log_gaps")[0][0]

    def windows(self) -> list[tuple]:
        return self._rows(
            "SELECT process, received, total, closed_at IS NOT NULL FROM log_windows"
            " ORDER BY started_at")

    def batches(self) -> tuple[int, int]:
        """Lines stored, and lines that had been, as the batches say."""
        return self._rows(
            "SELECT coalesce(sum(line_count), 0)::bigint,"
            " coalesce(sum(duplicate_count), 0)::bigint FROM log_batches")[0]

    def quarantine(self) -> dict[str, int]:
        return dict(self._rows("SELECT code, count(*) FROM log_quarantine GROUP BY code"))

    def has_agreeing_batches(self) -> bool:
        """Every batch has as many lines as it says, within the times it says."""
        return not self._rows(
            "SELECT 1 FROM log_batches b LEFT JOIN (SELECT batch_id, count(*) AS n, min(at) AS a,"
            " max(at) AS z FROM haproxy_logs GROUP BY batch_id) l USING (batch_id)"
            " WHERE b.line_count <> coalesce(l.n, 0) OR b.first_at IS DISTINCT FROM l.a"
            " OR b.last_at IS DISTINCT FROM l.z")
