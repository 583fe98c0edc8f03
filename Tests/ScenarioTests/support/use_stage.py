"""A database that lines come into, with one customer's key: fixtures to import by name."""

from collections.abc import Iterator

import pytest

from .cluster import Cluster
from .edge import hashed
from .intake import UseTables


@pytest.fixture
def url(cluster: Cluster, template: str) -> Iterator[str]:
    name = cluster.create_database(template)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
def tables(url: str) -> UseTables:
    tables = UseTables(url)
    tables.add_key(hashed())
    return tables
