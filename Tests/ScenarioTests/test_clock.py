"""Clocks that are a day off: no line is lost or counted twice, and use stays in its hour."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.binary import run
from support.gateway import empty_env_file, settings
from support.intake import Intake, UseTables
from support.log_lines import Sender, line, settled
from support.moved_clock import DAY, MovedClock
from support.use_stage import tables, url  # noqa: F401


@pytest.fixture
def clock(tmp_path: Path) -> MovedClock:
    return MovedClock(tmp_path)


@pytest.fixture
def intake(url: str, tables: UseTables, clock: MovedClock, tmp_path: Path) -> Iterator[Intake]:
    intake = Intake(tmp_path, url, **clock.environment)
    yield intake.start()
    assert intake.stop() == 0, intake.output()[-2000:]


@pytest.fixture
def replay(url: str, tmp_path: Path) -> Callable[[], str]:
    def replay_all() -> str:
        done = run("intake", "quarantine", "replay", "--env-file", str(empty_env_file(tmp_path)),
                   environment=settings(tmp_path, url))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return replay_all


def milliseconds(days: float = 0) -> int:
    return int((time.time() + days * DAY) * 1000)


def test_an_intake_whose_clock_went_ahead_takes_lines_of_both_days(intake, tables, clock) -> None:
    sender = Sender(intake.port).send(line(0))
    settled(tables.count, 1)
    clock.move(DAY)
    sender.send(line(1), line(2, time=milliseconds(days=1)), line(3, time=milliseconds(days=2)))
    settled(tables.count, 3)
    settled(tables.quarantine, {"event_in_future": 1})
    clock.move(0)
    sender.send(line(4), line(5)).close()

    settled(tables.count, 5)
    assert tables.has_agreeing_batches() and tables.lost() == 1


def test_an_intake_whose_clock_went_back_puts_lines_aside_and_they_count_once_it_is_right(
    intake, tables, clock, replay
) -> None:
    lines = [line(number) for number in range(10)]
    sender = Sender(intake.port).send(*lines[:3])
    settled(tables.count, 3)
    clock.move(-DAY)
    sender.send(*lines[3:8], line(8, time=milliseconds(days=-1)))
    settled(tables.quarantine, {"event_in_future": 5})
    settled(tables.count, 4)
    settled(tables.lost, 5)

    clock.move(0)
    assert "5 stored" in replay()
    sender.send(*lines).close()  # All of them again, but for one that is another by its time.
    settled(tables.count, 11)
    assert tables.has_agreeing_batches()
