"""Fixtures that the scenarios and the peers share."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from .altered_node import AlteredNode
from .binary import run
from .charging import Escrow
from .client import Browser
from .cluster import Cluster
from .escrow import EscrowChain
from .gateway import Fleet, Gateway, empty_env_file, settings

__all__ = [
    "cluster", "template", "new_fleet", "fleet", "shared_fleet", "gateway", "pair", "start",
    "browser", "commands", "chain", "node", "escrow", "shared_escrow", "own_cluster",
]


def migrate(directory: Path, database_url: str) -> None:
    result = run(
        "migrate", "--env-file", str(empty_env_file(directory)),
        environment=settings(directory, database_url))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """For a module whose tests stop, freeze and kill the server."""
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database to copy: cheaper than migrating for each test."""
    name = cluster.create_database()
    migrate(tmp_path_factory.mktemp("template"), cluster.url(name))
    return name


@pytest.fixture(scope="module")
def shared_fleet(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """One database for a module's tests that do not disturb each other."""
    name = cluster.create_database(template)
    fleet = Fleet(tmp_path_factory.mktemp("shared"), cluster.url(name))
    yield fleet
    fleet.stop()
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def gateway(shared_fleet: Fleet) -> Gateway:
    """The module's own gateway, with limits out of the way."""
    return shared_fleet.start()


@pytest.fixture(scope="module")
def pair(shared_fleet: Fleet, gateway: Gateway) -> tuple[Gateway, Gateway]:
    """Two gateway processes over one database."""
    return gateway, shared_fleet.start()


@pytest.fixture
def start(shared_fleet: Fleet) -> Iterator[Callable[..., Gateway]]:
    """Starts gateways with settings of a test's own over the module's database."""
    started: list[Gateway] = []

    def start_one(**changes: str | None) -> Gateway:
        started.append(shared_fleet.start(**changes))
        return started[-1]

    yield start_one
    for gateway in started:
        shared_fleet.end(gateway)


@pytest.fixture
def new_fleet(
    cluster: Cluster, template: str, tmp_path: Path
) -> Iterator[Callable[[], Fleet]]:
    """Makes fleets over fresh databases."""
    made: list[tuple[Fleet, str]] = []

    def make() -> Fleet:
        name = cluster.create_database(template)
        directory = tmp_path / name
        directory.mkdir()
        made.append((Fleet(directory, cluster.url(name)), name))
        return made[-1][0]

    yield make
    for fleet, name in made:
        fleet.stop()
        cluster.drop_database(name)


@pytest.fixture
def fleet(new_fleet: Callable[[], Fleet]) -> Fleet:
    """A fresh database for this test alone, no gateway yet."""
    return new_fleet()


@pytest.fixture
def browser(gateway: Gateway) -> Browser:
    return Browser(gateway)


@pytest.fixture
def commands(fleet: Fleet) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `sluice …` with the fleet's configuration; changes by keyword."""

    def command(
        *arguments: str, input: str | None = None, **changes: str | None
    ) -> subprocess.CompletedProcess[str]:
        environment = settings(fleet.directory, fleet.database_url, **changes)
        return run(
            *arguments, "--env-file", str(empty_env_file(fleet.directory)),
            environment=environment, input=input)

    return command


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EscrowChain]:
    """A simulated chain with the escrow contract on it."""
    chain = EscrowChain(tmp_path_factory.mktemp("chain"))
    chain.start()
    yield chain
    chain.stop()


@pytest.fixture
def node(chain: EscrowChain) -> Iterator[AlteredNode]:
    """A node of that chain which says what the test wants."""
    node = AlteredNode(chain.url)
    yield node
    node.close()


@pytest.fixture
def escrow(cluster: Cluster, template: str, tmp_path: Path) -> Iterator[Escrow]:
    """A chain, a database, a gateway and any managers of this test alone."""
    with closing(Escrow(tmp_path, cluster, template)) as escrow:
        yield escrow


@pytest.fixture(scope="module")
def shared_escrow(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Escrow]:
    """One for a module's tests that do not disturb each other."""
    with closing(Escrow(tmp_path_factory.mktemp("escrow"), cluster, template)) as escrow:
        yield escrow
