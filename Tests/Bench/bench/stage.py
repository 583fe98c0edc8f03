"""The place where the bench plays: a durable cluster, migrated databases, gateways."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
REPOSITORY = HERE.parents[1]
BUILT = REPOSITORY / ".build" / "bench"
sys.path.insert(0, str(REPOSITORY / "Tests" / "ScenarioTests"))

from support.binary import run, sluice  # noqa: E402
from support.cluster import Cluster  # noqa: E402
from support.gateway import Gateway, empty_env_file, settings  # noqa: E402

LIVE_LIMIT = 1_000_000_000
LIMITS = {
    "SLUICE_LIMIT_CHALLENGE": "1000000000/60",
    "SLUICE_LIMIT_VERIFY": "1000000000/60",
    "SLUICE_LIMIT_REFRESH": "1000000000/60",
    "SLUICE_LIMIT_DEFAULT": "1000000000/60",
    "SLUICE_LIMIT_LIVE_CHALLENGES": str(LIVE_LIMIT),
}


class DurableCluster(Cluster):
    """On a disk, with fsync as PostgreSQL ships it: a sign-in that was answered survives a power
    cut."""

    settings = ("-c", "fsync=on")

    @staticmethod
    def home() -> Path:
        return Path("/tmp")


class Stage:
    """Everything a bench needs; `close()` leaves nothing behind."""

    def __init__(self) -> None:
        if "release" not in Path(sluice()).parts:
            sys.exit(f"{sluice()} is no release build; `make build` makes one")
        BUILT.mkdir(parents=True, exist_ok=True)
        self.directory = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
        self.cluster = DurableCluster()
        self._gateways: list[Gateway] = []

    def database(self) -> str:
        """The URL of a fresh, migrated database."""
        url = self.cluster.url(self.cluster.create_database())
        migrated = run("migrate", "--env-file", str(empty_env_file(self.directory)),
                       environment=settings(self.directory, url))
        if migrated.returncode != 0:
            sys.exit(f"cannot migrate: {migrated.stdout}{migrated.stderr}")
        return url

    def gateway(self, database: str, **changes: str) -> Gateway:
        """Not started yet."""
        environment = settings(self.directory, database, **{**LIMITS, **changes})
        self._gateways.append(Gateway(self.directory, environment))
        return self._gateways[-1]

    def close(self) -> None:
        for gateway in self._gateways:
            if gateway._process is not None and gateway.exit_code is None:
                gateway.kill()
        self.cluster.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def compile_c(source: Path, *libraries: str) -> Path:
    """Compiles one C file into the build directory unless it is already there."""
    BUILT.mkdir(parents=True, exist_ok=True)
    target = BUILT / source.stem
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(
            [_compiler(), "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", target, source,
             *(f"-l{library}" for library in libraries)], check=True)
    return target


def _compiler() -> str:
    """The Swift toolchain's own, which is there wherever Swift is."""
    swift = shutil.which("swift")
    for place in [Path(swift), Path(swift).resolve()] if swift else []:
        if place.with_name("clang").exists():
            return str(place.with_name("clang"))
    return "cc"
