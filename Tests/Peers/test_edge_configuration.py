"""The shipped configuration in a real HAProxy: whom it serves, and what its log says of it."""

import hashlib
import http.client
import json
import os
import re
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from support.waiting import free_port, until

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "Config/haproxy/haproxy.cfg"
LINE = re.compile(
    r'\{"v":1,"time":\d+,"id":"[0-9a-f-]{36}","edge":"edge-1","frontend":"seal","start":\d{16},'
    r'"pid":\d+,"lc":\d+,"key":"(?:[0-9a-f]{64}|-)","service":"[a-z-]+","method":"[^"\\]{1,16}",'
    r'"status":-?\d+,"in":\d+,"out":\d+,"request":-?\d+,"queue":-?\d+,"connect":-?\d+,'
    r'"response":-?\d+,"active":-?\d+\}'
)


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class Service(BaseHTTPRequestHandler):
    """Answers with what it was told about the caller."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        told = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps(told).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """HAProxy closes connections that it no longer needs."""


class Sink:
    """Takes octet-counted messages, as an intake would."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.received = b""
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        try:
            connection, _ = self.server.accept()
            while part := connection.recv(65536):
                self.received += part
        except OSError:
            return

    def messages(self) -> list[bytes]:
        messages, rest = [], self.received
        while match := re.match(rb"(\d+) ", rest):
            end = match.end() + int(match[1])
            if end > len(rest):
                break
            messages.append(rest[match.end() : end])
            rest = rest[end:]
        return messages

    def lines(self) -> list[dict]:
        return [json.loads(message) for message in self.messages()]


class Edge:
    def __init__(self, folder: Path, threads: int, bind: str = "") -> None:
        self.port, self.sink = free_port(), Sink()
        self.service = Server(("127.0.0.1", 0), Service)
        threading.Thread(target=self.service.serve_forever, daemon=True).start()
        self.map, self.socket = folder / "api_keys.map", folder / "haproxy.sock"
        self.changes = folder / "changes.map"
        self.changes.write_text(
            f"{hashed('revoked')} -\n{hashed('resumed')} 46;pro;9;seal\nbase 1\nversion 2\n"
        )
        self.map.write_text(
            f"{hashed('good')} 42;pro;100000;seal\n{hashed('slow')} 43;starter;5;seal\n"
            f"{hashed('unpaid')} 44;suspended;0;seal\n{hashed('other')} 45;pro;9;grpc\n"
            f"{hashed('revoked')} 47;pro;9;seal\n{hashed('resumed')} 46;suspended;0;seal\n"
        )
        (folder / "threads.cfg").write_text(f"global\n    nbthread {threads}\n")
        environment = variables(folder) | {
            "SLUICE_EDGE_BIND": f"127.0.0.1:{self.port} {bind}".strip(),
            "SLUICE_INTAKE": f"127.0.0.1:{self.sink.port}",
            "SLUICE_SERVICE": f"127.0.0.1:{self.service.server_port}",
        }
        self.process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(CONFIGURATION), "-f", str(folder / "threads.cfg")],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self.listens, within=15, what="HAProxy listens")

    def listens(self) -> bool:
        """Asked on the runtime socket, for a connection would be a line of the log."""
        assert self.process.poll() is None
        try:
            return "Process_num" in self.command("show info")
        except OSError:
            return False

    def get(self, *keys: str, path: str = "/", method: str = "GET") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path)
            for key in keys:
                connection.putheader("X-API-Key", key)
            connection.putheader("X-Sluice-Customer", "1")
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def command(self, text: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.socket))
            connection.sendall(text.encode() + b"\n")
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts).decode().strip()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.service.shutdown()
        self.service.server_close()
        self.sink.server.close()


def variables(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"] + ":/usr/sbin",
        "SLUICE_EDGE": "edge-1",
        "SLUICE_EDGE_BIND": "127.0.0.1:1",
        "SLUICE_EDGE_VAULT": str(folder),
        "SLUICE_EDGE_SOCKET": str(folder / "haproxy.sock"),
        "SLUICE_INTAKE": "127.0.0.1:1",
        "SLUICE_SERVICE": "127.0.0.1:1",
    }


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    edge = Edge(tmp_path, threads=2)
    yield edge
    edge.stop()


def checked(folder: Path, *without: str) -> subprocess.CompletedProcess:
    (folder / "api_keys.map").touch()
    (folder / "changes.map").touch()
    environment = {
        name: value for name, value in variables(folder).items() if name not in without
    }
    return subprocess.run(
        ["haproxy", "-c", "-f", str(CONFIGURATION)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_haproxy_takes_the_shipped_configuration(tmp_path: Path) -> None:
    result = checked(tmp_path)

    assert result.returncode == 0, result.stderr
    assert "WARNING" not in result.stderr


def test_an_edge_without_a_name_does_not_start(tmp_path: Path) -> None:
    result = checked(tmp_path, "SLUICE_EDGE")

    assert result.returncode != 0
    assert "SLUICE_EDGE is not set" in result.stderr


def test_whom_it_serves(edge: Edge) -> None:
    status, body = edge.get("good")
    told = json.loads(body)
    assert status == 200
    assert told["x-sluice-customer"] == "42" and told["x-sluice-tier"] == "pro"
    assert "x-api-key" not in told

    refused = {
        (): (401, "api_key_unknown"),
        ("",): (401, "api_key_unknown"),
        ("never",): (401, "api_key_unknown"),
        ("good", "good"): (401, "api_key_unknown"),
        ("never,good",): (401, "api_key_unknown"),
        (hashed("good"),): (401, "api_key_unknown"),
        ("other",): (403, "api_key_for_other_service"),
        ("unpaid",): (402, "service_suspended"),
    }
    for keys, (status, code) in refused.items():
        answer = edge.get(*keys)
        assert answer[0] == status, keys
        assert json.loads(answer[1])["code"] == code


def test_what_changed_of_late_comes_before_all_keys(edge: Edge) -> None:
    assert edge.get("revoked")[0] == 401
    assert edge.get("resumed")[0] == 200
    assert edge.get("good")[0] == 200
    # The marks in the file are no keys, whatever is sent.
    assert [edge.get(name)[0] for name in ("base", "version", "-")] == [401, 401, 401]

    number = edge.command(f"prepare map {edge.changes}").split()[-1]
    lines = f"{hashed('good')} -\n{hashed('slow')} 43;suspended;0;seal"
    assert edge.command(f"add map @{number} {edge.changes} <<\n{lines}\n") == ""
    assert [edge.get(name)[0] for name in ("good", "slow", "revoked")] == [200, 200, 401]
    assert edge.command(f"commit map @{number} {edge.changes}") == ""
    assert [edge.get(name)[0] for name in ("good", "slow", "revoked")] == [401, 402, 200]


def test_above_its_rate_a_customer_is_refused_and_no_other(edge: Edge) -> None:
    statuses = Counter(edge.get("slow")[0] for _ in range(40))

    # Five a second; the forty may take a little longer than one.
    assert 5 <= statuses[200] <= 20 and statuses[429] == 40 - statuses[200]
    assert edge.get("good")[0] == 200
    # What was refused does not count, so the rate comes back by itself.
    until(lambda: edge.get("slow")[0] == 200, within=15, what="a new second serves it again")


def test_changes_on_the_runtime_socket_hold_at_once(edge: Edge) -> None:
    new = hashed("new")
    assert edge.get("new")[0] == 401
    assert edge.command(f"add map {edge.map} {new} 46\\;pro\\;9\\;seal") == ""
    assert edge.get("new")[0] == 200
    assert edge.command(f"set map {edge.map} {new} 46\\;suspended\\;0\\;seal") == ""
    assert edge.get("new")[0] == 402
    assert edge.command(f"del map {edge.map} {new}") == ""
    assert edge.get("new")[0] == 401
    # The trap that escaping is for.
    edge.command(f"add map {edge.map} {new} 46;pro;9;seal")
    assert edge.get("new")[0] == 403


def test_the_log_says_of_every_request_what_happened(edge: Edge) -> None:
    asked = [
        edge.get("good")[0],
        edge.get("good", path="/missing")[0],
        edge.get("unpaid")[0],
        edge.get()[0],
        edge.get("good", method="G" * 40)[0],
    ]
    with socket.create_connection(("127.0.0.1", edge.port)) as connection:
        connection.sendall(b'G"{}"T / HTTP/1.1\r\n\r\n')
        connection.settimeout(10)
        assert b" 400 " in connection.recv(4096)
    until(lambda: len(edge.sink.messages()) >= 6, within=15, what="six lines")

    for message in edge.sink.messages():
        assert LINE.fullmatch(message.decode())
    # Two threads write them: nearly in order.
    lines = sorted(edge.sink.lines(), key=lambda line: line["status"])
    assert sorted([*asked, 400]) == [line["status"] for line in lines]
    said = {line["status"]: (line["key"], line["service"], line["method"]) for line in lines}
    good = hashed("good")
    assert said == {
        200: (good, "seal", "GET"),
        404: (good, "seal", "GET"),
        402: (hashed("unpaid"), "seal", "GET"),
        401: ("-", "seal", "GET"),
        501: (good, "seal", "G" * 16),
        400: ("-", "-", "-"),
    }
    assert len({line["id"] for line in lines}) == 6
    assert all(abs(line["time"] / 1000 - time.time()) < 60 for line in lines)


def test_no_line_is_missing_by_haproxys_own_counters(edge: Edge) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = Counter(
            pool.map(lambda n: edge.get("good" if n % 3 else "unpaid")[0], range(600))
        )
    # Who connects and says nothing is counted by HAProxy, and so has a line.
    socket.create_connection(("127.0.0.1", edge.port)).close()
    until(lambda: len(edge.sink.messages()) >= 601, within=15, what="601 lines")

    lines = edge.sink.lines()
    assert Counter(line["status"] for line in lines if line["key"] != "-") == answers
    header, *rows = edge.command("show stat").lstrip("# ").splitlines()
    named = [dict(zip(header.split(","), row.split(","), strict=False)) for row in rows]
    counted = next(r for r in named if r["pxname"] == "seal" and r["svname"] == "FRONTEND")
    assert int(counted["req_tot"]) == len(lines) == 601
    assert int(counted["hrsp_2xx"]) == answers[200]
    assert len({line["start"] for line in lines}) == 1
    # Two threads: numbers may repeat and skip, the span holds but for one at each end.
    numbers = [line["lc"] for line in lines]
    assert abs(max(numbers) - min(numbers) + 1 - 601) <= 1


def test_two_starts_are_told_apart(tmp_path: Path) -> None:
    starts = set()
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        edge = Edge(folder, threads=1)
        edge.get("good")
        until(edge.sink.messages, within=15, what="a line")
        starts.add(edge.sink.lines()[0]["start"])
        edge.stop()

    assert len(starts) == 2


def test_a_connection_that_never_becomes_a_request_has_a_line_of_the_same_form(
    tmp_path: Path,
) -> None:
    edge = Edge(tmp_path, threads=1, bind="accept-proxy")
    with socket.create_connection(("127.0.0.1", edge.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: no PROXY header\r\n\r\n")
        until(edge.sink.messages, within=15, what="a line")
    message = edge.sink.messages()[0].decode()
    edge.stop()

    assert LINE.fullmatch(message)
    line = json.loads(message)
    assert (line["key"], line["service"], line["status"]) == ("-", "-", 0)
