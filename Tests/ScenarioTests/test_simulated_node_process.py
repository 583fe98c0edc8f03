"""The simulated node as a process: its command line, and what it keeps when it dies."""

import signal
import socket
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

from support.binary import bare_environment
from support.node_stage import node, own, process
from support.simulated_node import SimulatedNode, binary
from support.waiting import until

WIRES = ("json-rpc", "graphql")


def ended(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [binary(), *arguments], env=bare_environment(home), capture_output=True, text=True,
        timeout=20, check=False)


# The command line


@pytest.mark.parametrize("arguments", [
    ("--unknown", "1"), ("--port",), ("--port", "x"), ("--port", "65536"), ("--seed", "-1"),
    ("--charger", "0xzz"), ("--index-lag", "many"), ("surplus",)])
def test_what_is_not_understood_is_named_and_nothing_starts(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = ended(tmp_path, *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr and "usage:" in done.stderr


def test_help_names_every_option(tmp_path: Path) -> None:
    done = ended(tmp_path, "--help")
    assert done.returncode == 0
    for option in ("--port", "--journal", "--seed", "--charger", "--treasury", "--checkpoint-ms",
                   "--index-lag", "--retention", "--ready-file"):
        assert option in done.stdout


def test_a_port_that_is_taken_is_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = ended(tmp_path, "--port", port, "--ready-file", str(tmp_path / "ready"))
    assert done.returncode == 1 and port in done.stderr
    assert not (tmp_path / "ready").exists()


def test_a_journal_that_cannot_be_kept_stops_the_start(own: SimulatedNode, tmp_path: Path) -> None:
    done = ended(tmp_path, "--port", "0", "--journal", str(tmp_path / "nowhere" / "journal"))
    assert done.returncode == 1 and "journal" in done.stderr
    own.stop()
    other = ended(tmp_path, "--port", "0", "--journal", str(own.journal), "--seed", "5")
    assert other.returncode == 1 and "another chain" in other.stderr


def test_only_this_machine_is_listened_to_and_other_requests_are_refused(
    node: SimulatedNode
) -> None:
    assert httpx.get(node.url).status_code == 405
    assert httpx.post(node.url + "/nothing", content=b"{}").status_code == 404
    assert httpx.post(node.url, content=b"[]").json()["error"]["code"] == -32005
    assert node.post("/", {"jsonrpc": "2.0"}).json()["error"]["code"] == -32600
    assert httpx.post(node.url, content=b"{").json()["error"]["code"] == -32700
    port = int(node.url.rsplit(":", 1)[1])
    with socket.socket() as elsewhere:
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0


# What it keeps


def test_a_chain_outlives_kill_9_at_any_moment(own: SimulatedNode) -> None:
    wallets = [own.wallet() for _ in range(3)]
    for _ in range(3):
        heard: list[str] = []
        signed: list[str] = []

        def pay(index: int) -> None:
            wire = WIRES[index % 2]
            while True:
                try:
                    payment = own.payment(wallets[index])
                    signed.append(payment.digest)
                    heard.append(own.execute(payment, wire))
                except (httpx.HTTPError, RuntimeError):
                    return
        threads = [threading.Thread(target=pay, args=(index,)) for index in range(3)]
        for thread in threads:
            thread.start()
        until(lambda: len(heard) > 20, within=20, what="payments")
        own.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
        own.start()

        assert all(own.has(digest, "json-rpc") for digest in heard)
        dump = own.control("dump")
        digests = [one["digest"] for one in dump["transactions"]]
        assert len(digests) == len(set(digests))
        for wallet in wallets:  # Nothing but gas was spent, and the coins can be spent on.
            own.execute(own.payment(wallet), "graphql")


def test_a_torn_last_line_of_the_journal_was_never_answered(own: SimulatedNode) -> None:
    wallet = own.wallet()
    first = own.payment(wallet)
    own.execute(first, "json-rpc")
    before = own.control("dump")["transactions"]
    second = own.payment(wallet)
    own.execute(second, "json-rpc")
    own.stop()

    # As if the machine had died while the second was written: its line is not whole.
    lines = own.journal.read_bytes().splitlines(keepends=True)
    place = max(index for index, line in enumerate(lines) if line.startswith(b'{"execute"'))
    own.journal.write_bytes(b"".join(lines[:place]) + lines[place][:-9])
    own.start()
    assert own.control("dump")["transactions"] == before
    assert own.execute(second, "graphql") == second.digest
    own.stop()

    # A line that is broken in the middle is another matter.
    content = own.journal.read_bytes()
    own.journal.write_bytes(content.replace(b'{"execute"', b'{"exe', 1))
    done = ended(own.journal.parent, "--port", "0", "--journal", str(own.journal))
    assert done.returncode == 1 and "line" in done.stderr
