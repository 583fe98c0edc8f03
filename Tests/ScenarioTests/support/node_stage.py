"""Nodes to ask, simulated or canned: fixtures to import by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .node import CannedNode
from .simulated_node import SimulatedNode

__all__ = ["process", "node", "own", "canned"]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedNode]:
    node = SimulatedNode(tmp_path_factory.mktemp("node")).start()
    yield node
    node.stop()


@pytest.fixture
def node(process: SimulatedNode) -> Iterator[SimulatedNode]:
    process.fail()
    yield process
    process.fail()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SimulatedNode]:
    """A node that the test may kill."""
    node = SimulatedNode(tmp_path).start()
    yield node
    node.stop()


@pytest.fixture
def canned() -> Iterator[CannedNode]:
    """Says what the test tells it to."""
    node = CannedNode()
    yield node
    node.close()
