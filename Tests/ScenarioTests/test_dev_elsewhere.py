"""`sluice dev` where the database's user cannot reach the state directory."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from test_dev import Dev


@pytest.fixture
def devs(tmp_path: Path) -> Iterator[list[Dev]]:
    """Two, each with a state directory in a place that only we can look into."""
    devs = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir(mode=0o700)
        devs.append(Dev(tmp_path / name))
    yield devs
    for dev in devs:
        if dev._process is not None and dev._process.poll() is None:
            dev.stop()


def told(dev: Dev) -> list[Path]:
    """Where it said the data is instead, start by start."""
    said = re.findall(r"cannot reach (\S+); its data is in (/var/tmp/sluice-\w+)\.", dev.output())
    assert all(state == str(dev.state) for state, _ in said)
    return [Path(home) for _, home in said]


def customers(ready: dict) -> int:
    with psycopg.connect(ready["database"]) as connection:
        return connection.execute("SELECT count(*) FROM customers").fetchone()[0]


def test_dev_says_where_the_data_is_and_leaves_none_behind(devs: list[Dev]) -> None:
    dev, other = devs
    ready = dev.start()
    if os.geteuid() != 0:  # Then the database runs as we do and reaches what we reach.
        assert told(dev) == [] and (dev.state / "postgres" / "data").is_dir()
        return
    [home] = told(dev)
    assert (home / "data" / "PG_VERSION").is_file()
    with psycopg.connect(ready["database"]) as connection:
        connection.execute(
            "INSERT INTO customers (customer_id, wallet_address, created_at) VALUES (1, %s, now())",
            (bytes(32),))
    assert dev.stop() == 0

    # A second start has the same data and a fresh one none, both in the same place.
    assert customers(dev.start()) == 1
    assert dev.stop() == 0
    assert customers(dev.start("--fresh")) == 0
    assert dev.stop() == 0
    assert told(dev) == [home] * 3

    # Once the state directory is gone, the next start anywhere removes what was its.
    shutil.rmtree(dev.state)
    other.start()
    assert not home.exists()
    assert other.stop() == 0
