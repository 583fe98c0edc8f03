"""Lines as HAProxy writes them, made one by one, and who sends them octet-counted."""

import json
import socket
import struct
import time
import uuid

from .edge import hashed
from .waiting import until

START = 1_795_246_453_000_000


def line(number: int, **changes: object) -> bytes:
    """The members in their order; `changes` by name, `in_` for `in`. None leaves one out."""
    values: dict[str, object] = {
        "v": 1, "time": int(time.time() * 1000), "id": str(uuid.uuid4()), "edge": "edge-1",
        "frontend": "seal", "start": START, "pid": 4711, "lc": number, "key": hashed(),
        "service": "seal", "method": "GET", "status": 200, "in": 82, "out": 4096, "request": 0,
        "queue": 0, "connect": 0, "response": 1, "active": 1,
    }
    values |= {name.rstrip("_"): value for name, value in changes.items()}
    return json.dumps(
        {name: value for name, value in values.items() if value is not None},
        separators=(",", ":")).encode()


def counted(*messages: bytes) -> bytes:
    return b"".join(b"%d %s" % (len(message), message) for message in messages)


def proxied(name: str | None, verified: int = 0) -> bytes:
    """A PROXY header of version 2, as a proxy that ends mutual TLS sends it."""
    inner = b"" if name is None else b"\x22" + struct.pack(">H", len(name)) + name.encode()
    tls = struct.pack(">BI", 7 if name else 1, verified) + inner
    fields = b"\x20" + struct.pack(">H", len(tls)) + tls
    content = socket.inet_aton("10.0.0.1") + socket.inet_aton("10.0.0.2") + struct.pack(
        ">HH", 4000, 5514) + fields
    return b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack(">H", len(content)) + content


class Sender:
    """A connection to an intake."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=60)

    def send(self, *messages: bytes) -> "Sender":
        self.socket.sendall(counted(*messages))
        return self

    def raw(self, data: bytes) -> "Sender":
        self.socket.sendall(data)
        return self

    def is_ended(self) -> bool:
        """Whether the other side ends the connection, within a while."""
        self.socket.settimeout(15)
        try:
            return self.socket.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        self.socket.close()


class Tee:
    """Takes one stream and gives it to several intakes, byte for byte."""

    def __init__(self, *ports: int) -> None:
        import threading

        self._ports = ports
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            while True:
                incoming, _ = self._server.accept()
                outgoing = [socket.create_connection(("127.0.0.1", port)) for port in self._ports]
                while part := incoming.recv(65536):
                    for connection in outgoing:
                        connection.sendall(part)
                for connection in outgoing:
                    connection.close()
        except OSError:
            return

    def close(self) -> None:
        self._server.close()


def settled(read, expected, within: float = 40, what: str = "all is stored") -> None:
    """Waits for a value, and says what it was last when it does not come."""
    last = None

    def reached() -> bool:
        nonlocal last
        last = read()
        return last == expected

    try:
        until(reached, within=within, what=what, every=0.1)
    except AssertionError:
        raise AssertionError(f"{what}: {last} instead of {expected}") from None
