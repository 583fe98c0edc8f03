"""Intakes over a database with one customer's key: fixtures to import by name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .cluster import Cluster
from .edge import hashed
from .fixtures import migrate
from .intake import Intake, UseTables


@pytest.fixture
def url(cluster: Cluster, template: str) -> Iterator[str]:
    name = cluster.create_database(template)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
def own_url(own_cluster: Cluster, tmp_path: Path) -> Iterator[str]:
    """On a server that the test may stop; to import as `url`."""
    name = own_cluster.create_database()
    migrate(tmp_path, own_cluster.url(name))
    yield own_cluster.url(name)
    own_cluster.drop_database(name)


@pytest.fixture
def tables(url: str) -> UseTables:
    tables = UseTables(url)
    tables.add_key(hashed())
    return tables


@pytest.fixture
def start(url: str, tmp_path: Path) -> Iterator[Callable[..., Intake]]:
    """Starts intakes, with arguments and changes of their environment; each must end well."""
    started: list[Intake] = []

    def start_one(*arguments: str, **changes: str) -> Intake:
        intake = Intake(tmp_path, url, **changes)
        intake.arguments = list(arguments)
        started.append(intake)
        return intake.start()

    yield start_one
    codes = [intake.stop() for intake in started if intake.is_running]
    assert not any(codes), "\n".join(intake.output()[-2000:] for intake in started)
