"""All the ways into the intake, and what is sent there that is no line, or not to be believed."""

import os
import socket
import time
from pathlib import Path

import pytest

from support.intake import Intake
from support.log_lines import Sender, counted, line, proxied, settled
from support.use_stage import start, tables, url  # noqa: F401
from support.waiting import elapsed, free_port, until


def test_hostile_messages_are_put_aside_each_with_its_code_and_the_stream_goes_on(
    tables, start
) -> None:
    intake = start()
    now = int(time.time() * 1000)
    hostile = {
        b"x" * (10 << 20): "line_too_long",
        b"\0" * 100: "line_nul_byte",
        line(1).replace(b"seal", b"se\0l"): "line_nul_byte",
        line(1).replace(b"GET", b"\xff\xfe"): "line_invalid_utf8",
        b'{"v":' + b'{"a":' * 300 + b"1" + b"}" * 301: "field_wrong_type",
        b"[" * 1500: "line_not_an_object",
        b"<134>Nov 21 10:00:00 haproxy: " + line(1): "line_not_an_object",
        line(1, status="200"): "field_wrong_type",
        line(1, in_=-1): "field_negative",
        line(1, out=1 << 63): "field_out_of_range",
        line(1, time=0): "event_too_old",
        line(1, time=now - 36 * 86_400_000): "event_too_old",
        line(1, time=now + 600_000): "event_in_future",
        line(1, time=4_102_444_800_000): "event_in_future",
        line(1, id="not-a-uuid"): "field_malformed",
        line(1, edge="'; DROP TABLE haproxy_logs; --"): "field_malformed",
        line(1, service=None): "field_missing",
        line(1, key="f" * 64): "api_key_unknown",
        line(1) + b',"more":1': "line_trailing_bytes",
    }
    sender = Sender(intake.port).send(line(0))
    for number, message in enumerate(hostile, start=1):
        sender.send(message, line(number))
    sender.close()

    settled(tables.count, len(hostile) + 1)
    expected: dict[str, int] = {}
    for code in hostile.values():
        expected[code] = expected.get(code, 0) + 1
    settled(tables.quarantine, expected)
    assert tables.lost() == 0
    kept = tables._rows("SELECT max(octet_length(raw)) FROM log_quarantine")[0][0]
    assert kept <= 8192


def test_a_stream_that_is_none_is_ended_and_others_are_not(tables, start) -> None:
    intake = start()
    good = Sender(intake.port).send(line(0))
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"9999999999 ", b"\xff" * 100, b"-1 x", b"05 hello"):
        bad = Sender(intake.port).send(line(tables.count() + 100)).raw(data)
        assert bad.is_ended()
        bad.close()
    # Half a message, and no more.
    Sender(intake.port).raw(counted(line(50))[:100]).close()
    good.send(line(1))

    settled(tables.count, 7)
    settled(lambda: sum(n for code, n in tables.quarantine().items()
                        if code.startswith("framing_")), 5)
    good.close()


def test_a_flood_of_rubbish_is_counted_and_fills_nothing(tables, start) -> None:
    intake = start()
    sender = Sender(intake.port)
    sender.send(*[b"rubbish" * 200] * 20_000)
    sender.send(line(0)).close()

    settled(tables.count, 1)
    settled(lambda: intake.metric("refused_total"), 20_000)
    assert sum(tables.quarantine().values()) <= 300


def test_where_nothing_else_says_an_intake_believes_its_own_edge_only(tables, start) -> None:
    intake = start(SLUICE_EDGE="edge-1")
    Sender(intake.port).send(line(0), line(1, edge="edge-2"), line(2)).close()

    settled(tables.count, 2)
    settled(tables.quarantine, {"edge_mismatch": 1})


def test_behind_a_proxy_the_certificate_names_the_edge(tables, start) -> None:
    port, named = free_port(), free_port()
    intake = start(SLUICE_INTAKE_LISTEN=f"proxy:127.0.0.1:{port},proxy:127.0.0.1:{named}@edge-9")
    good = Sender(port).raw(proxied("edge-7"))
    good.send(line(0, edge="edge-7"), line(1, edge="edge-1"), line(2, edge="edge-7"))
    settled(tables.count, 2)
    settled(tables.quarantine, {"edge_mismatch": 1})

    refused = [
        (port, proxied(None)), (port, proxied("edge-7", verified=1)), (port, proxied("../edge")),
        (port, b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"), (port, counted(line(9, edge="edge-7"))),
        (named, proxied("edge-7")),
    ]
    for place, header in refused:
        sender = Sender(place).raw(header + counted(line(10, edge="edge-7")))
        assert sender.is_ended(), header
        sender.close()
    # No certificate, and a place that is of one edge.
    Sender(named).raw(b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n").send(line(0, edge="edge-9")).close()

    settled(tables.count, 3)
    assert intake.metric("connections_refused_total") == len(refused)
    good.close()


def test_lines_come_over_a_unix_socket_and_as_datagrams(tables, start, tmp_path) -> None:
    path, port = tmp_path / "intake.sock", free_port()
    start(SLUICE_INTAKE_LISTEN=f"unix:{path},udp:127.0.0.1:{port}")
    assert path.stat().st_mode & 0o007 == 0
    with socket.socket(socket.AF_UNIX) as local:
        local.connect(str(path))
        local.sendall(counted(*[line(number) for number in range(50)]))
    settled(tables.count, 50)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        for number in range(50, 100):
            datagrams.sendto(line(number), ("127.0.0.1", port))
        datagrams.sendto(b"", ("127.0.0.1", port))

    settled(tables.count, 100)
    settled(tables.quarantine, {"line_empty": 1})


def test_beyond_its_limit_connections_are_closed_at_once(tables, start) -> None:
    intake = start(SLUICE_INTAKE_CONNECTIONS="3")
    kept = [Sender(intake.port).send(line(number)) for number in range(3)]
    settled(tables.count, 3)
    assert Sender(intake.port).is_ended()
    kept.pop().close()
    until(lambda: intake.metric("connections") == 2, within=10, what="one has gone")
    kept.append(Sender(intake.port).send(line(3)))

    settled(tables.count, 4)
    for sender in kept:
        sender.close()


@pytest.mark.parametrize("address", [
    "tcp:0.0.0.0:5514", "udp:192.0.2.1:5514", "udp:0.0.0.0:5514", "tcp:[::]:5514", "5514",
    "proxy:0.0.0.0:5515",
])
def test_no_other_machine_is_listened_to(url, tmp_path, address) -> None:
    intake = Intake(tmp_path, url, SLUICE_INTAKE_LISTEN=address)

    with pytest.raises(AssertionError, match="SLUICE_INTAKE_LISTEN"):
        intake.start()


def followed(intake_start, log: Path) -> Intake:
    return intake_start("--follow", str(log))


def positions(intake: Intake) -> list[int]:
    """How far each followed file was read, as the intake will know it after a kill."""
    return [int(path.read_text().split()[3]) for path in intake.spool.glob("follow-*.position")]


def test_a_file_is_followed_through_rotation_cutting_and_kills(tables, start, tmp_path) -> None:
    log = tmp_path / "haproxy.log"
    numbers = iter(range(10_000))

    def write(count: int, path: Path = log) -> None:
        with open(path, "ab") as file:
            for _ in range(count):
                file.write(line(next(numbers)) + b"\n")

    write(100)
    intake = followed(start, log)
    settled(tables.count, 100)
    write(50)
    settled(tables.count, 150)

    log.rename(tmp_path / "haproxy.log.1")
    write(30)
    until(elapsed(1), within=5, what="whoever had it open is told only now")
    write(20, tmp_path / "haproxy.log.1")
    settled(tables.count, 200)
    for name in ("haproxy.log.4", "haproxy.log.5"):  # Sooner than the first is left.
        log.rename(tmp_path / name)
        write(5)
    settled(tables.count, 210)

    os.truncate(log, 0)
    until(lambda: '"the followed file was cut"' in intake.output(), within=15, what="it is seen")
    write(25)
    settled(tables.count, 235)
    settled(lambda: positions(intake), [log.stat().st_size], what="how far is kept")

    intake.kill()
    write(10)
    log.rename(tmp_path / "haproxy.log.2")
    write(10)
    log.rename(tmp_path / "haproxy.log.3")
    write(10)
    intake.start()
    settled(tables.count, 265)
    with open(log, "ab") as file:
        half = line(next(numbers)) + b"\n"
        file.write(half[:100])
        file.flush()
        settled(tables.count, 265)
        file.write(half[100:] + b"x" * (1 << 20) + b"\n")
    write(5)

    settled(tables.count, 271)
    settled(tables.quarantine, {"line_too_long": 1})
    assert tables.lost() == 0
    stored, repeated = tables.batches()
    assert stored == 271 and repeated < 271
