"""While the database is away, an intake that is full holds its senders up, and loses nothing."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.cluster import Cluster
from support.intake import Intake, UseTables
from support.log_lines import Sender, counted, line, settled
from support.use_stage import own_url as url, start, tables  # noqa: F401
from support.waiting import until

Start = Callable[..., Intake]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    path = tmp_path / "disk"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path], check=True)
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def held_up(cluster: Cluster, intake: Intake, tables: UseTables) -> None:
    """Sends more than memory and spool hold, while the database is away."""
    count = 400_000
    messages = [line(number) for number in range(2000)]
    Sender(intake.port).send(*messages[:100]).close()
    settled(tables.count, 100)
    cluster.crash()
    sender = Sender(intake.port)
    sender.socket.settimeout(3)
    sent = 100
    held = False
    while sent < count and not held:
        message = counted(*[line(number) for number in range(sent, sent + 500)])
        view = memoryview(message)
        while view:
            try:
                view = view[sender.socket.send(view):]
            except TimeoutError:
                if not held:
                    held = True
                    until(lambda: intake.metric("spool_full_total") > 0, within=30,
                          what="the spool says that it is full")
                    assert intake.metric("readers_blocked") == 1
                    assert intake.ready()[0] == 503
                    cluster.start()
                    sender.socket.settimeout(60)
        sent += 500
    assert held, "nobody was held up"
    sender.close()

    settled(tables.count, sent, within=90)
    assert tables.lost() == 0 and tables.batches()[0] == sent
    settled(lambda: intake.ready()[0], 200)


def test_while_the_database_is_away_a_full_spool_holds_senders_up_and_nothing_is_lost(
    own_cluster: Cluster, tables: UseTables, start: Start
) -> None:
    held_up(own_cluster, start(SLUICE_INTAKE_SPOOL_LIMIT=str(1 << 20)), tables)


def test_a_full_disk_under_the_spool_holds_senders_up_and_nothing_is_lost(
    own_cluster: Cluster, tables: UseTables, small_disk: Path, start: Start
) -> None:
    held_up(own_cluster, start(SLUICE_INTAKE_SPOOL=str(small_disk / "spool")), tables)
