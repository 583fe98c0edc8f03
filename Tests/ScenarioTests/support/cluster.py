"""A private PostgreSQL cluster, gone without trace at the end."""

import contextlib
import glob
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from .waiting import free_port, until

SUPERUSER = "sluice"
# A login as an operator makes one for an edge (Docs/Operating.md); migrations grant the role.
EDGE_LOGIN = "edge_1"
# Of an edge whose lines go to an intake elsewhere: not of that role.
KEYS_LOGIN = "edge_2"
_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 4 << 30


def as_edge(url: str, login: str = EDGE_LOGIN) -> str:
    """The same database for an intake, which may do there what an intake does."""
    return url.replace(f"//{SUPERUSER}@", f"//{login}@")


def binaries() -> Path:
    homes = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if homes:
        return Path(max(homes, key=lambda path: int(path.split("/")[4]))).parent
    found = shutil.which("initdb")
    if not found:
        raise FileNotFoundError("PostgreSQL's server programs are not installed")
    return Path(found).resolve().parent


def _as_database_user(*, ends_with_us: bool = False) -> list[str]:
    """PostgreSQL refuses to run as root, so root hands over to its user."""
    command = ["setpriv"]
    if os.geteuid() == 0:
        command += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    if ends_with_us:
        command += ["--pdeathsig", "INT"]
    return command if len(command) > 1 else []


class Cluster:
    """Started in the constructor; `stop()` also removes its files."""

    # Databases come and go too quickly for what vacuuming would save.
    settings = ("-c", "fsync=off", "-c", "autovacuum=off")

    @staticmethod
    def home() -> Path:
        """Where files cost no search for a free inode, which is most of what a copy of a database
        costs on a disk; /tmp where there is no such place, or too little of it."""
        with contextlib.suppress(OSError):
            room = os.statvfs(_MEMORY)
            if os.access(_MEMORY, os.W_OK) and room.f_bavail * room.f_frsize >= _ENOUGH_BYTES:
                return _MEMORY
        return Path("/tmp")

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="sluice-tests-", dir=self.home()))
        self.port = free_port()
        self.data = self.directory / "data"
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.directory, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            [*_as_database_user(), binaries() / "initdb", "-D", self.data, "-U", SUPERUSER,
             "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, capture_output=True, cwd="/tmp",
        )
        self.start()
        with self.connect("postgres") as connection:
            connection.execute("CREATE ROLE sluice_intake")
            connection.execute(f"CREATE ROLE {EDGE_LOGIN} LOGIN IN ROLE sluice_intake")
            connection.execute(f"CREATE ROLE {KEYS_LOGIN} LOGIN")

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        log = open(self.directory / "server.log", "ab")
        self._process = subprocess.Popen(
            [*_as_database_user(ends_with_us=True), str(binaries() / "postgres"),
             "-D", str(self.data), "-p", str(self.port), "-k", str(self.directory),
             "-c", "listen_addresses=127.0.0.1", *self.settings,
             "-c", "max_connections=300", "-c", "log_min_messages=warning"],
            stdout=log, stderr=log, cwd="/tmp",
        )
        log.close()
        until(self._answers, within=20, what="PostgreSQL accepts connections")

    def _answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, self._tail()
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _tail(self) -> str:
        return (self.directory / "server.log").read_text(errors="replace")[-2000:]

    def url(self, database: str, port: int | None = None) -> str:
        """Over TCP, so that a test can put a proxy in the way."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{port or self.port}/{database}"

    def connect(self, database: str) -> psycopg.Connection:
        """An autocommitting superuser connection."""
        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=5)

    def create_database(self, template: str = "template0") -> str:
        """A database nobody else has; a copy of `template`."""
        name = "test_" + secrets.token_hex(6)
        with self.connect("postgres") as connection:
            connection.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def tool(
        self, name: str, *arguments: str, input: Path | None = None, output: Path | None = None
    ) -> None:
        """One of PostgreSQL's own client programs, run to its end over this cluster."""
        with contextlib.ExitStack() as files:
            done = subprocess.run(
                [binaries() / name, "-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER,
                 *arguments],
                stdin=files.enter_context(open(input, "rb")) if input else subprocess.DEVNULL,
                stdout=files.enter_context(open(output, "wb")) if output else subprocess.PIPE,
                stderr=subprocess.PIPE, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")

    def drop_database(self, name: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _processes(self) -> list[int]:
        assert self._process is not None
        postmaster = self._process.pid
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]

    def freeze(self) -> None:
        """Every process stops where it is: sockets stay open, nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        for process in self._processes():
            with contextlib.suppress(ProcessLookupError):  # A worker that ended meanwhile.
                os.kill(process, number)

    def crash(self) -> None:
        """Ends the server at once, as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=20)

    def copy_files(self) -> Path:
        """Ends the server as a power cut would, copies what it has on disk, and starts it again."""
        copy = self.directory / f"copy-{secrets.token_hex(4)}"
        self.crash()
        subprocess.run(["cp", "-a", self.data, copy], check=True)
        self.start()
        return copy

    def put_back(self, copy: Path) -> None:
        """All databases are as they were when the copy was made; the copy is used up."""
        self.crash()
        shutil.rmtree(self.data)
        copy.rename(self.data)
        self.start()

    def stop(self) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self.thaw()
            self._process.send_signal(signal.SIGQUIT)  # Its files go with it.
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)
