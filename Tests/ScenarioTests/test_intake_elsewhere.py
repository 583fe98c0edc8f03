"""Edges on other machines than their intake: mutual TLS through the shipped HAProxy, from the shipped
HAProxy. The certificate says which edge it is, and nothing else does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.certificates import DAY, Authority
from support.edge import Edge, Traffic
from support.intake import Intake
from support.intake_front import Front
from support.log_lines import Sender, counted, line, proxied, settled
from support.use_stage import start, tables, url  # noqa: F401
from support.waiting import free_port, until


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = Front(tmp_path)
    yield front
    front.stop()


@pytest.fixture
def intake(start: Callable[..., Intake], front: Front) -> Intake:
    """Behind the front, which has found it."""
    intake = start(SLUICE_INTAKE_LISTEN=f"proxy-unix:{front.socket}")
    front.start(intake)
    return intake


@pytest.fixture
def edge_with(front: Front, tmp_path: Path) -> Iterator[Callable[..., Edge]]:
    edges: list[Edge] = []

    def make(certificate: Path, name: str = "edge-1") -> Edge:
        edges.append(Edge(tmp_path, front.edge_settings(certificate), name))
        return edges[-1]

    yield make
    for edge in edges:
        edge.stop()


def asked(edge: Edge, requests: int) -> int:
    """How many requests HAProxy counts."""
    Traffic(edge, clients=2).until(requests).stop()
    return edge.counted()["req_tot"]


def test_lines_come_under_the_certificates_name_and_wait_while_no_intake_is_there(
    tables, front, intake, edge_with
) -> None:
    edge = edge_with(front.authority.certificate("edge-1"))
    settled(tables.count, asked(edge, 200))
    assert tables._rows("SELECT DISTINCT edge FROM haproxy_logs") == [("edge-1",)]

    assert intake.stop() == 0
    until(front.is_shut, within=30, what="edges are turned away")
    counted = asked(edge, 200)
    intake.start()
    settled(tables.count, counted)
    assert tables.lost() == 0 and tables.quarantine() == {}

    # Under another's name nothing counts.
    liar = asked(edge_with(front.authority.certificate("edge-1"), name="edge-2"), 50)
    settled(lambda: intake.metric("refused_total"), liar)
    settled(lambda: set(tables.quarantine()), {"edge_mismatch"})
    assert tables.count() == counted
    assert tables._rows("SELECT DISTINCT edge FROM log_windows") == [("edge-1",)]


def test_lines_wait_while_the_edges_certificate_is_refused(
    tables, front, intake, edge_with, tmp_path
) -> None:
    later = Authority(tmp_path, "another authority")
    counted = asked(edge_with(later.certificate("edge-1")), 100)
    assert tables.count() == 0
    front.stop()
    with open(front.authority.path, "ab") as trusted:
        trusted.write(later.path.read_bytes())
    front.start(intake)

    settled(tables.count, counted)
    assert tables.lost() == 0


def test_without_a_good_certificate_nobody_reaches_the_intake(
    tables, front, intake, tmp_path
) -> None:
    good, stolen = (front.authority.certificate("edge-1") for _ in range(2))
    front.stop()
    front.refuse(stolen)
    front.start(intake)
    hostile = {
        "none": None, "expired": front.authority.certificate("edge-1", valid=-DAY),
        "another authority's": Authority(tmp_path, "stranger").certificate("edge-1"),
        "refused": stolen, "no edge's name": front.authority.certificate("../edge-1"),
    }
    for what, certificate in hostile.items():
        try:
            sender = front.sender(certificate).send(line(0))
        except OSError:
            continue
        assert sender.is_ended(), what
        sender.close()
    plain = Sender(front.port).raw(proxied("edge-1") + counted(line(0)))
    assert plain.is_ended()
    plain.close()
    # All but the one with a name that is none were turned away before it.
    settled(lambda: intake.metric("connections_refused_total"), 1)
    assert tables.count() == 0 and tables.quarantine() == {}

    # With one, but saying through it that it is another's.
    liar = front.sender(good).raw(proxied("edge-2") + counted(line(0, edge="edge-2")))
    assert liar.is_ended()
    liar.close()
    front.sender(good).send(line(0)).close()
    settled(tables.count, 1)
    settled(lambda: list(tables.quarantine().values()), [1])


def test_only_who_may_open_its_socket_speaks_for_the_front(tables, start, front) -> None:
    port = free_port()
    intake = start(SLUICE_INTAKE_LISTEN=f"proxy-unix:{front.socket},proxy:127.0.0.1:{port}")
    assert front.socket.stat().st_mode & 0o007 == 0
    # Of this machine, and even so not the address that it listens at.
    with pytest.raises(ConnectionRefusedError):
        Sender(port, host="127.0.0.2")
    front.start(intake)
    assert front.is_open()
    assert intake.metric("connections_refused_total") == 0, "its checks are no connections"
