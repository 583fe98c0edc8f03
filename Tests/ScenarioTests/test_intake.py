"""The intake behind the shipped HAProxy: every request that HAProxy counts is a row, once, or a
gap of exactly that many, whatever is killed meanwhile."""

import shutil
import signal
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.edge import RING, Edge, Traffic, socket_path
from support.intake import CUSTOMER, Intake
from support.log_lines import Tee, settled
from support.use_stage import own_url as url, start, tables  # noqa: F401
from support.waiting import free_port, until


@pytest.fixture
def edge_for(tmp_path: Path) -> Iterator[Callable[[int], Edge]]:
    edges: list[Edge] = []

    def make(port: int, log: str = RING) -> Edge:
        edges.append(Edge(tmp_path, port, log=log))
        return edges[-1]

    yield make
    for edge in edges:
        edge.stop()


class Run:
    """Clients behind an edge that writes to an intake."""

    def __init__(self, intake: Intake, edge: Edge) -> None:
        self.intake, self.edge = intake, edge
        self.traffic = Traffic(edge)

    def until(self, more: int) -> "Run":
        self.traffic.until(more)
        return self

    def ended(self) -> int:
        """How many requests HAProxy counts, once nobody asks any more."""
        self.traffic.stop()
        return self.edge.counted()["req_tot"]


@pytest.fixture
def served(start: Callable[..., Intake], edge_for: Callable[[int], Edge]) -> Callable[[int], Run]:
    """An intake and an edge that has answered so many requests."""
    def run(requests: int) -> Run:
        intake = start()
        return Run(intake, edge_for(intake.port)).until(requests)
    return run


def test_every_request_that_haproxy_counts_is_a_row(tables, start, edge_for) -> None:
    intake = start()
    edge = edge_for(intake.port)
    traffic = Traffic(edge).until(2000)
    traffic.stop()
    counted = edge.counted()

    settled(tables.count, counted["req_tot"])
    assert tables.by_status() == dict(traffic.answers)
    assert sum(n for status, n in tables.by_status().items() if status < 300) == (
        counted["hrsp_2xx"])
    assert tables.lost() == 0 and tables.quarantine() == {}
    assert tables.batches() == (counted["req_tot"], 0) and tables.has_agreeing_batches()
    customers = dict(tables._rows(
        "SELECT customer_id, count(*) FROM haproxy_logs GROUP BY customer_id"))
    assert customers == {CUSTOMER: counted["req_tot"] - traffic.answers[401],
                         None: traffic.answers[401]}
    assert tables._rows("SELECT last_used_at IS NOT NULL FROM api_keys") == [(True,)]
    assert intake.ready() == (200, {"status": "ok", "reasons": []})


def test_every_request_is_a_row_that_haproxy_writes_to_a_file_which_is_followed(
    tables, start, edge_for, tmp_path
) -> None:
    start("--follow", str(tmp_path / "edge-1.out"))
    edge = edge_for(0, "stdout")
    traffic = Traffic(edge).until(1000)
    edge.output.rename(tmp_path / "edge-1.out.1")  # HAProxy goes on writing to it.
    traffic.until(1000).stop()
    counted = edge.counted()["req_tot"]

    settled(tables.count, counted)
    assert tables.by_status() == dict(traffic.answers)
    assert tables.lost() == 0 and tables.quarantine() == {}


def test_every_request_is_a_row_or_a_gap_that_haproxy_sends_as_a_datagram(
    tables, start, edge_for
) -> None:
    port = free_port()
    start(SLUICE_INTAKE_LISTEN=f"udp:127.0.0.1:{port}")
    edge = edge_for(0, f"127.0.0.1:{port}")
    Traffic(edge, clients=1).until(1000).stop()
    # What the kernel had no room for is told by a line that comes after it.
    Traffic(edge, clients=1).until(1).stop()
    counted = edge.counted()["req_tot"]

    settled(lambda: tables.count() + tables.lost(), counted)
    assert tables.lost() < counted / 10 and tables.quarantine() == {}


def test_killed_while_receiving_what_is_missing_is_a_gap_of_exactly_that_many(
    tables, served
) -> None:
    run, stored, losable = served(500), 0, 0
    for _ in range(3):
        begun = stored
        until(lambda: tables.count() > begun and run.intake.metric("lines_waiting"), within=30,
              what="it has stored some lines and holds others")
        stored = tables.count()
        run.intake.kill()
        # Nothing that HAProxy logs from here on is lost: it is kept until somebody takes it.
        losable += run.until(20).edge.counted()["req_tot"] - stored
        run.until(3000)
        assert tables.count() >= stored
        stored = tables.count()
        run.intake.start()
    counted = run.ended()

    settled(lambda: tables.count() + tables.lost(), counted)
    assert 0 < tables.lost() <= losable
    assert tables.count() >= stored
    assert tables.batches()[0] == tables.count() and tables.has_agreeing_batches()


def test_postgresql_ended_and_started_again_loses_no_line(
    own_cluster, tables, served
) -> None:
    run = served(300)
    for _ in range(3):
        own_cluster.crash()
        run.until(500)
        until(lambda: run.intake.segments(), within=20, what="lines are in the spool")
        assert run.intake.ready()[0] == 200
        own_cluster.start()
        run.until(200)
    counted = run.ended()

    settled(tables.count, counted)
    assert tables.lost() == 0 and tables.has_agreeing_batches()
    settled(run.intake.segments, [])


def test_postgresql_frozen_loses_no_line_and_no_commit_counts_twice(
    own_cluster, tables, served
) -> None:
    run = served(300)
    for _ in range(2):
        own_cluster.freeze()
        try:
            until(lambda: len(run.intake.segments()) > 2, within=40, what="lines are in the spool")
            run.until(300)
        finally:
            own_cluster.thaw()
        run.until(200)
    counted = run.ended()

    settled(tables.count, counted, within=60)
    assert tables.lost() == 0 and tables.batches()[0] == counted


def test_what_is_in_the_spool_survives_a_kill_and_its_resend_counts_nothing_twice(
    own_cluster, tables, served, tmp_path
) -> None:
    run = served(100)
    own_cluster.crash()
    counted = run.until(1000).ended()
    settled(lambda: run.intake.metric("lines_waiting"), 0)
    run.intake.kill()
    kept = tmp_path / "kept"
    shutil.copytree(run.intake.spool, kept)
    own_cluster.start()

    run.intake.start()
    settled(tables.count, counted)
    settled(run.intake.segments, [])
    run.intake.kill()
    for segment in kept.glob("*.segment"):
        shutil.copy(segment, run.intake.spool)
    run.intake.start()
    settled(run.intake.segments, [])

    stored, repeated = tables.batches()
    assert stored == tables.count() == counted and repeated > 0
    assert tables.lost() == 0


def test_two_intakes_that_are_fed_the_same_stream_count_each_line_once(
    tables, start, edge_for
) -> None:
    first, second = start(), start()
    tee = Tee(first.port, second.port)
    edge = edge_for(tee.port)
    traffic = Traffic(edge).until(2500)
    traffic.stop()
    counted = edge.counted()["req_tot"]

    settled(lambda: sum(tables.batches()), 2 * counted)
    assert tables.count() == tables.batches()[0] == counted
    assert tables.lost() == 0 and tables.has_agreeing_batches()
    tee.close()


def test_after_a_reload_both_workers_windows_are_closed_with_what_they_had_counted(
    tables, start, edge_for, tmp_path
) -> None:
    intake = start(SLUICE_EDGE="edge-1", SLUICE_EDGE_SOCKET=str(socket_path(tmp_path)))
    edge = edge_for(intake.port)
    until(lambda: intake.metric("workers_watched") == 1, within=15, what="the worker is watched")
    traffic = Traffic(edge).until(500)
    old = edge.reload()
    until(lambda: intake.metric("workers_watched") > 0, within=15, what="the new one is, too")
    traffic.until(500).stop()
    new = edge.worker()
    until(lambda: not Path(f"/proc/{old}").exists(), within=90, what="the old worker has drained")
    # Each answer was counted by one of the two; connections that asked nothing are counted, too.
    after = edge.counted()["req_tot"]
    settled(lambda: [w[3] for w in tables.windows()], [True, False], within=60)
    edge.stop()

    settled(lambda: [w[3] for w in tables.windows()], [True, True], within=60)
    windows = {process: (received, total) for process, received, total, _ in tables.windows()}
    assert set(windows) == {old, new}
    assert windows[new] == (after, after)
    received, total = windows[old]
    # A worker that drains closes its ring, so its last lines may be missing: all of them are told.
    assert total + after >= traffic.total and tables.lost() == total - received
    assert tables.count() == received + after


def test_stopped_in_order_it_has_stored_what_haproxy_had_sent(tables, served) -> None:
    run = served(300)
    until(lambda: run.intake.metric("lines_waiting"), within=30, what="it holds lines")
    served_before = run.edge.counted()["req_tot"]
    run.until(20)
    os.kill(run.intake.pid, signal.SIGTERM)
    run.until(300)
    assert run.intake.stop() == 0
    assert tables.count() >= served_before
    run.intake.start()
    counted = run.until(300).ended()

    settled(tables.count, counted)
    assert tables.lost() == 0
