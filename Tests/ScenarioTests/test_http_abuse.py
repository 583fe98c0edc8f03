"""Requests nobody honest sends: refused, and the next one served."""

import re
import select
import socket
from pathlib import Path

import pytest

from support.binary import sluice
from support.client import ACCESS, REFRESH, Browser, RawAnswer, connect, raw, read_answer
from support.gateway import Fleet, Gateway
from support.meanwhile import Meanwhile
from support.waiting import until
from support.wallet import Ed25519Wallet

POST = b"POST /v1/auth/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
# Of the release build, which `make test-release` runs; the build of the tests is larger by itself.
LITTLE_MEGABYTES = 80 if "release" in Path(sluice()).parts else 96
SMUGGLED = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"

REFUSED = {
    "two equal Content-Lengths": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "two different Content-Lengths": POST + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
    "a Content-Length list": POST + b"Content-Length: 2, 2\r\n\r\n{}",
    "a negative Content-Length": POST + b"Content-Length: -2\r\n\r\n{}",
    "a signed Content-Length": POST + b"Content-Length: +2\r\n\r\n{}",
    "a hexadecimal Content-Length": POST + b"Content-Length: 0x2\r\n\r\n{}",
    "an endless Content-Length": POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}",
    "an empty Content-Length": POST + b"Content-Length:\r\n\r\n{}",
    "Content-Length with chunks": (
        POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "chunks with Content-Length": (
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "another Transfer-Encoding": POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "a Transfer-Encoding list": (
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "two Transfer-Encodings": (
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\n\r\n"),
    "an obscured Transfer-Encoding": (
        POST + b"Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "Transfer-Encoding identity": POST + b"Transfer-Encoding: identity\r\n\r\n{}",
    "an absolute target": b"GET http://evil.example/health HTTP/1.1\r\nHost: x\r\n\r\n",
    "an authority target": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target without a slash": b"GET health HTTP/1.1\r\nHost: x\r\n\r\n",
    "no Host": b"GET /health HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "a space before the colon": b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
    "a header of 20 KB": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 20480 + b"\r\n\r\n",
    "a target of 20 KB": b"GET /" + b"a" * 20480 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header of 30 KB": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 30720 + b"\r\n\r\n",
    "a target of 30 KB": b"GET /" + b"a" * 30720 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a thousand headers": (
        b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X-A: aaaaaaaaaaaaaaa\r\n" * 1000 + b"\r\n"),
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n",
    "a version of its own": b"GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
    "a body of 64 KiB and a byte": POST + b"Content-Length: 65537\r\n\r\n" + b" " * 65537,
    "chunks past 64 KiB": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b" " * 4096 + b"\r\n"
        + (b"1000\r\n" + b" " * 4096 + b"\r\n") * 17 + b"0\r\n\r\n"),
    "a chunk size beyond reason": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 32 + b"\r\n{}\r\n0\r\n\r\n"),
    "a chunk size that is none": (
        POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n"),
}


def drip_a_body(gateway: Gateway) -> None:
    with connect(gateway.port, timeout=60) as connection:
        connection.sendall(POST + b"Content-Length: 60000\r\n\r\n")

        def closed() -> bool:
            if readable({connection}):
                return True
            try:
                connection.send(b" ")
            except OSError:
                return True
            return False

        until(closed, within=40, what="the slow body is given up", every=0.25)


@pytest.fixture(scope="module", autouse=True)
def slow_body(gateway: Gateway) -> Meanwhile:
    """Half a minute's wait, begun with the module; the last test sees its end."""
    return Meanwhile(lambda: drip_a_body(gateway))


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_nothing_after_it_on_the_connection_is_read(
    gateway: Gateway, name: str
) -> None:
    with connect(gateway.port) as connection:
        try:
            connection.sendall(REFUSED[name] + SMUGGLED)
        except (BrokenPipeError, ConnectionResetError):
            pass
        first = read_answer(connection)
        if first is not None:
            assert 400 <= first.status < 600 and first.status != 500, (name, first)
            assert b'"nonce"' not in first.body
            assert read_answer(connection) is None, "the connection stayed open for more"
    assert raw(gateway.port, SMUGGLED).status == 200


@pytest.mark.parametrize("name, status", [
    ("two different Content-Lengths", 400), ("Content-Length with chunks", 400),
    ("another Transfer-Encoding", 501), ("an absolute target", 400),
    ("a body of 64 KiB and a byte", 413), ("a header of 20 KB", 431), ("a target of 20 KB", 414),
    ("chunks past 64 KiB", 413)])
def test_the_refusal_is_a_problem_with_its_status(
    gateway: Gateway, name: str, status: int
) -> None:
    answer = raw(gateway.port, REFUSED[name])
    assert answer is not None and answer.status == status
    assert answer.headers["content-type"] == "application/problem+json" and answer.code
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("name, status", [
    ("no HTTP at all", None), ("a version of its own", 505), ("a thousand headers", 431),
    ("a header of 30 KB", 431), ("a target of 30 KB", 414),
    ("a chunk size beyond reason", 413), ("a chunk size that is none", 400)])
def test_what_is_no_http_is_refused_in_the_parsers_words(
    gateway: Gateway, name: str, status: int | None
) -> None:
    """Docs/Decisions/0001-libmicrohttpd.md says why these are no problem documents."""
    def counted() -> int:
        text = Browser(gateway).get("/metrics").expect(200).response.text
        found = re.search(r'^sluice_http_refusals_total\{reason="parser"\} (\d+)$', text, re.M)
        return int(found.group(1)) if found else 0

    before = counted()
    answer = raw(gateway.port, REFUSED[name])
    if status is None:
        assert answer is None and counted() == before
    else:
        assert answer is not None and answer.status == status
        assert answer.headers["connection"] == "close" and "content-type" not in answer.headers
        assert len(answer.body) < 200 and counted() == before + 1
    Browser(gateway).post("/v1/auth/challenge", json={}).expect(201)


def test_honest_chunks_are_taken(gateway: Gateway) -> None:
    answer = raw(
        gateway.port, POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
    assert answer is not None and answer.status == 201


def test_pipelined_requests_are_answered_in_order(gateway: Gateway) -> None:
    with connect(gateway.port) as connection:
        connection.sendall(b"".join(
            b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: number-%d\r\n\r\n" % index
            for index in range(3)))
        received = b""
        while received.count(b"HTTP/1.1 200") < 3 or not received.endswith(b"}"):
            chunk = connection.recv(65536)
            assert chunk, received
            received += chunk
    assert received.index(b"number-0") < received.index(b"number-1") < received.index(b"number-2")


def test_credentials_sent_twice_are_refused(gateway: Gateway) -> None:
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())
    bearer = f"Authorization: Bearer {browser.access}\r\n"
    other = "Authorization: Bearer junk\r\n"
    cookie = f"Cookie: {ACCESS}={browser.access}\r\n"
    junk = f"Cookie: {ACCESS}=junk\r\n"
    for headers in (bearer + other, other + bearer, bearer + bearer, cookie + junk, junk + cookie):
        request = f"GET /v1/customer HTTP/1.1\r\nHost: x\r\n{headers}\r\n"
        answer = raw(gateway.port, request.encode())
        assert answer is not None and answer.status in (400, 401), headers
    split = f"{cookie}Cookie: {REFRESH}={browser.refresh}\r\n"
    answer = raw(
        gateway.port, f"GET /v1/customer HTTP/1.1\r\nHost: x\r\n{split}\r\n".encode())
    assert answer is not None and answer.status in (200, 400)


def test_expect_continue_is_honoured_or_refused(gateway: Gateway) -> None:
    with connect(gateway.port) as connection:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        head = connection.recv(4096)
        assert head.startswith((b"HTTP/1.1 100", b"HTTP/1.1 417"))
        if head.startswith(b"HTTP/1.1 100"):
            connection.sendall(b"{}")
            assert b" 201 " in connection.recv(4096)


def test_a_half_closed_client_gets_its_answer_or_a_clean_end(gateway: Gateway) -> None:
    for request in (SMUGGLED, POST + b"Content-Length: 2\r\n\r\n{}"):
        with connect(gateway.port) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = read_answer(connection)
            assert answer is None or answer.status in (200, 201)
    for cut in (b"", b"GET /hea", POST + b"Content-Length: 2\r\n\r\n{"):
        with connect(gateway.port, timeout=6) as connection:  # Well before a slow one is closed.
            connection.sendall(cut)
            connection.shutdown(socket.SHUT_WR)
            answer = read_answer(connection)
            assert answer is None or answer.status == 400
    assert raw(gateway.port, SMUGGLED).status == 200


def test_clients_that_leave_in_the_middle_cost_nothing(gateway: Gateway) -> None:
    for _ in range(300):
        with connect(gateway.port) as connection:
            connection.sendall(POST + b"Content-Length: 2\r\n\r\n{}")
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())


def readable(connections: set[socket.socket]) -> list[socket.socket]:
    """Those with something to read, an end included; any number of descriptors."""
    poller = select.poll()
    by_descriptor = {connection.fileno(): connection for connection in connections}
    for descriptor in by_descriptor:
        poller.register(descriptor, select.POLLIN)
    return [by_descriptor[descriptor] for descriptor, _ in poller.poll(0)]


def test_five_hundred_slow_drips_are_closed_and_others_served(fleet: Fleet) -> None:
    gateway = fleet.start()
    drips = [connect(gateway.port, timeout=30) for _ in range(500)]
    head = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 4000
    sent = 0
    open_drips = set(drips)

    def drip() -> bool:
        """One byte each, and those that were closed are counted out."""
        nonlocal sent
        for connection in readable(open_drips):
            try:
                if not connection.recv(4096):
                    open_drips.discard(connection)
            except OSError:
                open_drips.discard(connection)
        for connection in list(open_drips):
            try:
                connection.send(head[sent:sent + 1])
            except OSError:
                open_drips.discard(connection)
        sent += 1
        return not open_drips

    drip()
    for _ in range(20):
        assert raw(gateway.port, SMUGGLED, timeout=2).status == 200
    Browser(gateway).sign_in(Ed25519Wallet())
    assert len(open_drips) > 400
    until(drip, within=14, what="every drip is closed", every=0.25)
    assert raw(gateway.port, SMUGGLED, timeout=2).status == 200
    for connection in drips:
        connection.close()


def test_two_thousand_idle_connections_are_served_in_little_memory(fleet: Fleet) -> None:
    gateway = fleet.start()
    idle: list[socket.socket] = []
    try:
        for _ in range(2000):
            connection = connect(gateway.port)
            connection.sendall(SMUGGLED)
            idle.append(connection)
        for connection in idle:
            answer = read_answer(connection)
            assert answer is not None and answer.status == 200
        assert gateway.resident_bytes() <= LITTLE_MEGABYTES << 20
        for _ in range(20):
            assert raw(gateway.port, SMUGGLED, timeout=2).status == 200
        Browser(gateway).sign_in(Ed25519Wallet())
        for connection in idle[::100]:
            connection.sendall(SMUGGLED)
            again: RawAnswer | None = read_answer(connection)
            assert again is not None and again.status == 200
    finally:
        for connection in idle:
            connection.close()


def test_idle_clients_never_take_the_descriptors_of_the_database(fleet: Fleet) -> None:
    gateway = fleet.start(descriptors=300)
    idle: list[socket.socket] = []
    try:
        for _ in range(400):
            idle.append(connect(gateway.port))
        turned_away = raw(gateway.port, SMUGGLED, timeout=20)
        assert turned_away is not None and turned_away.status == 503
        while idle and len(idle) > 100:
            idle.pop(0).close()
        until(lambda: getattr(raw(gateway.port, SMUGGLED, timeout=20), "status", 0) == 200,
              within=30, what="there is room again")
        Browser(gateway).sign_in(Ed25519Wallet())
    finally:
        for connection in idle:
            connection.close()


def test_killed_in_the_middle_of_a_request_it_comes_back(fleet: Fleet) -> None:
    gateway = fleet.start()
    connections = [connect(gateway.port) for _ in range(20)]
    for connection in connections:
        connection.sendall(POST + b"Content-Length: 2\r\n\r\n{")
    gateway.kill()
    for connection in connections:
        connection.close()
    gateway.start()
    Browser(gateway).sign_in(Ed25519Wallet())


def test_a_body_that_drips_is_closed_too(slow_body: Meanwhile) -> None:
    slow_body.finish(within=45)
