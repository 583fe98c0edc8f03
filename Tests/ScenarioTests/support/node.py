"""A canned Sui node: one GraphQL answer, told beforehand; it remembers what it was asked."""

import threading
from dataclasses import dataclass

from .answering import AnsweringServer


@dataclass
class Asked:
    headers: dict[str, str]
    body: dict


class CannedNode(AnsweringServer):
    # The asker may end a connection before it has all.
    keeps_connections = False

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
        super().__init__()
        self.url = self.base + "/graphql"

    def reply(self, path: str, headers: dict[str, str], question: dict) -> tuple[int, dict | bytes]:
        if "verifySignature" not in question["query"]:
            self.chain_asked += 1
            return 200, {"data": {"chainIdentifier": self.chain, **self.STANDING}}
        lowered = {name.lower(): value for name, value in headers.items()}
        self.asked.append(Asked(lowered, question))
        self._speak.wait()
        return self.status, self.answer

    def fall_silent(self) -> None:
        """Takes requests and never answers."""
        self._speak.clear()

    def close(self) -> None:
        self._speak.set()
        super().close()
