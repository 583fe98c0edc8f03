"""Writing what HAProxy knows of keys, and how long one of a million keeps working once revoked."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import statistics
import subprocess
import time

import psycopg

from support.api_keys import new_id, new_key, sealed_for_database
from support.binary import run, sluice
from support.vault_edge import Edge
from support.gateway import empty_env_file, settings
from support.waiting import free_port, until

from .figures import Figure
from .stage import REPOSITORY, Stage

KEYS = 1_000_000
CUSTOMERS = 1000
# A part of the keys: each takes as long as any other.
SEALED_PART = 20
MEBIBYTE = 1 << 20
REVOKED = 7


def vault(stage: Stage, scale: float = 1) -> list[Figure]:
    count = round(KEYS * scale)
    with contextlib.closing(VaultBench(stage, "vault", count)) as bench:
        bench.fill()
        figures = bench.writing() + bench.revoking()
    with contextlib.closing(VaultBench(stage, "sealing", count // SEALED_PART)) as bench:
        return figures + bench.sealing()


class VaultBench:
    """Customers with a service, on a database of their own."""

    def __init__(self, stage: Stage, name: str, count: int) -> None:
        self.count = count
        self.directory = stage.directory / name
        self.source = self.directory / "source"
        self.source.mkdir(parents=True)
        key = self.directory / "signing.key"
        key.write_text(secrets.token_hex(32))
        key.chmod(0o600)
        url = stage.database()
        self.environment = settings(self.directory, url, **{
            "SLUICE_VAULT_DIRECTORY": str(self.source), "SLUICE_VAULT_KEY_FILE": str(key),
            "VAULT_KEY": secrets.token_hex(32)})
        self.database = psycopg.connect(url, autocommit=True)
        self._sell()
        self._edge: Edge | None = None
        self._intake: subprocess.Popen[bytes] | None = None

    def _sell(self) -> None:
        run = self.database.execute
        book = (REPOSITORY / "Config/pricebook.json").read_bytes()
        run("INSERT INTO price_books (content, digest, loaded_at) VALUES (%s, sha256(%s), now())",
            (book, book))
        run("INSERT INTO customers (customer_id, wallet_address, created_at)"
            " SELECT n, decode(lpad(to_hex(n), 64, '0'), 'hex'), now()"
            " FROM generate_series(1, %s) AS n", (CUSTOMERS,))
        run("INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst,"
            " seal_keys, packages_per_key, api_keys, created_at, changed_at)"
            " SELECT n, 'seal', 'enabled', 'pro', false, 1, 1, 1000, now(), now()"
            " FROM generate_series(1, %s) AS n", (CUSTOMERS,))

    def fill(self) -> None:
        """Keys, sealed already."""
        run = self.database.execute
        # As long as real ones: 16 bytes, 16 bytes and 44 bytes in Base64.
        sealed = f"{'A' * 22}==:{'B' * 22}==:{'C' * 59}="
        run("INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
            " sealed_key, vault_key, created_at, changed_at)"
            " SELECT gen_random_uuid(), n %% %s + 1, 'seal', sha256(n::text::bytea), 'slk_s_',"
            " %s, %s, now(), now() FROM generate_series(1, %s) AS n",
            (CUSTOMERS, sealed, sealed, self.count))
        run("VACUUM ANALYZE api_keys, vault_changes, service_instances")

    def command(self, *words: str) -> tuple[float, float, dict]:
        """Seconds, the peak of its memory in MB, and what it says."""
        begun = time.monotonic()
        with subprocess.Popen(
                [sluice(), "vault", *words, "--json",
                 "--env-file", str(empty_env_file(self.directory))],
                env=self.environment, stdout=subprocess.PIPE) as process:
            text = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, text
        return time.monotonic() - begun, usage.ru_maxrss * 1024 / MEBIBYTE, json.loads(text)

    def writing(self) -> list[Figure]:
        seconds, memory, said = self.command("write")
        assert said["keys"] == self.count, said
        idle = [self.command("write") for _ in range(5)]
        assert all(said["published"] == 0 for _, _, said in idle)
        again, _, _ = self.command("write", "--all")
        load = f"load {os.getloadavg()[0]:.1f}"
        return [
            Figure(f"vault of {self.count:,} keys", max(seconds, again), 15, "s",
                   note=f"first {seconds:.1f} s, again {again:.1f} s; {load}", taken="worst of 2"),
            Figure("its memory", memory, 300, "MB", note="at its peak"),
            Figure("with nothing to do", statistics.median(item[0] for item in idle), 1, "s",
                   note="start of the process included", taken=f"median of {len(idle)}"),
        ]

    def revoking(self) -> list[Figure]:
        """From the commit to HAProxy's 401, with the shipped configuration."""
        port = free_port()
        self._edge = edge = Edge(self.directory, port)
        public_key = run("vault", "key", "--env-file", str(empty_env_file(self.directory)),
                         environment=self.environment).stdout.strip()
        begun = time.monotonic()
        done = run("vault", "install", str(self.source), "--to", str(edge.vault),
                   "--public-key", public_key, environment=self.environment)
        assert done.returncode == 0, done.stderr
        installing = time.monotonic() - begun
        edge.start()
        with open(self.directory / "intake.log", "wb") as log:
            self._intake = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sluice(), "intake",
                 "--env-file", str(empty_env_file(self.directory))],
                env={**self.environment, "SLUICE_EDGE": "edge-1",
                     "SLUICE_EDGE_SOCKET": str(edge.socket),
                     "SLUICE_EDGE_MASTER": str(edge.master),
                     "SLUICE_EDGE_VAULT": str(edge.vault),
                     "SLUICE_VAULT_SOURCE": str(self.source),
                     "SLUICE_VAULT_PUBLIC_KEY": public_key,
                     "SLUICE_INTAKE_LISTEN": f"tcp:127.0.0.1:{port}",
                     "SLUICE_INTAKE_STATUS_LISTEN": f"127.0.0.1:{free_port()}"},
                stdout=log, stderr=log)
        until(lambda: self._told(), within=60, what="the edge has the vault")
        quiet = [self._revoke(number) for number in range(1, REVOKED + 1)]
        writing = subprocess.Popen(
            [sluice(), "vault", "write", "--env-file", str(empty_env_file(self.directory)), "--all"],
            env=self.environment, stdout=subprocess.DEVNULL)
        writing.wait()
        # The edge takes over a million keys while the next ones end.
        busy = [self._revoke(number) for number in range(11, 11 + REVOKED)]
        load = f"load {os.getloadavg()[0]:.1f}"
        return [
            Figure(f"one of {self.count:,} keys revoked, until 401", max(quiet), 2, "s",
                   note=f"median {statistics.median(quiet):.2f} s; the command"
                   f" that writes is started within it; {load}", taken=f"worst of {REVOKED}"),
            Figure("while the edge takes over all keys", max(busy), None, "s",
                   note=f"median {statistics.median(busy):.2f} s", taken=f"worst of {REVOKED}"),
            Figure("all keys installed the first time", installing, None, "s"),
        ]

    def sealing(self) -> list[Figure]:
        """Keys that were never sealed for the vault, as after an import; written at once."""
        count = self.count
        key, database_key = new_key(), self.environment["DB_ENCRYPTION_KEY"]
        with self.database.cursor() as cursor, cursor.copy(
                "COPY api_keys (api_key_id, customer_id, service_type, key_hash, hint, sealed_key,"
                " created_at, changed_at) FROM STDIN") as rows:
            for number in range(count):
                key_id = new_id()
                rows.write_row((
                    key_id, number % CUSTOMERS + 1, "seal",
                    hashlib.sha256(f"sealed {number}".encode()).digest(), "slk_s_",
                    sealed_for_database(key, key_id, database_key), "now", "now"))
        seconds, _, said = self.command("write")
        assert said["sealed"] == count and said["keys"] == count, said
        self.environment["VAULT_KEY"] = f"v2:{secrets.token_hex(32)},{self.environment['VAULT_KEY']}"
        again, _, said = self.command("write")
        assert said["resealed"] == count and said["keys"] == count, said
        return [
            Figure("keys sealed for the vault", count / seconds, None, "/s",
                   note=f"{count:,}, and written; load {os.getloadavg()[0]:.1f}"),
            Figure("keys sealed anew after a change of VAULT_KEY", count / again, None, "/s"),
        ]

    def _told(self) -> bool:
        return self.database.execute(
            "SELECT count(*) FROM vault_edges WHERE standing = 'applied'").fetchone()[0] == 1

    def _revoke(self, number: int) -> float:
        key = str(number)
        assert self._edge.status(key) == 200
        begun = time.monotonic()
        self.database.execute(
            "UPDATE api_keys SET state = 'revoked' WHERE key_hash = %s",
            (hashlib.sha256(key.encode()).digest(),))
        self.command("write")
        until(lambda: self._edge.status(key) == 401, within=30, what="401", every=0.01)
        return time.monotonic() - begun

    def close(self) -> None:
        if self._intake is not None:
            self._intake.kill()
            self._intake.wait()
        if self._edge is not None:
            self._edge.stop()
        self.database.close()
        shutil.rmtree(self.directory, ignore_errors=True)
