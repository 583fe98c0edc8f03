"""A canned Sui node: one GraphQL answer, told beforehand; it remembers what it was asked."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    headers: dict[str, str]
    body: dict


class CannedNode:
    VALID = {"data": {"verifySignature": {"success": True}}}
    INVALID = {
        "data": {"verifySignature": None},
        "errors": [{
            "message": "Verification failed: Groth16 proof verify failed",
            "path": ["verifySignature"],
            "extensions": {"code": "BAD_USER_INPUT"},
        }],
    }

    # Testnet's, as the gateway of a scenario is configured.
    CHAIN = "69WiPg3DAQiwdxfncX6wYQ2siKwAe6L9BZthQea3JNMD"

    _RANGE = {"first": {"sequenceNumber": 0}, "last": {"sequenceNumber": 7}}
    STANDING = {
        "epoch": {"epochId": 3, "referenceGasPrice": "1000"},
        "checkpoint": {"sequenceNumber": 7, "timestamp": "2026-11-20T10:00:00Z"},
        "serviceConfig": {"events": _RANGE, "transactions": _RANGE},
    }

    def __init__(self) -> None:
        self.status = 200
        self.chain = self.CHAIN
        self.chain_asked = 0
        self.answer: dict | bytes = self.VALID
        self.asked: list[Asked] = []
        self._speak = threading.Event()
        self._speak.set()
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                if "verifySignature" not in body["query"]:
                    node.chain_asked += 1
                    standing = {"chainIdentifier": node.chain, **node.STANDING}
                    return self.say(200, {"data": standing})
                lowered = {name.lower(): value for name, value in self.headers.items()}
                node.asked.append(Asked(lowered, body))
                node._speak.wait()
                self.say(node.status, node.answer)

            def say(self, status: int, content: dict | bytes) -> None:
                if isinstance(content, dict):
                    content = json.dumps(content).encode()
                # The connection is not kept: the asker may end it before it has all.
                self.close_connection = True
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    pass  # The asker's patience was over.

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/graphql"
        threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def fall_silent(self) -> None:
        """Takes requests and never answers."""
        self._speak.clear()

    def close(self) -> None:
        self._speak.set()
        self._server.shutdown()
        self._server.server_close()
