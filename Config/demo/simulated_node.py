"""What only the simulated node can be told."""

from __future__ import annotations

import json
import urllib.request


class SimulatedNode:
    def __init__(self, url: str) -> None:
        self._url = url

    def tell(self, method: str, parameters: dict | list | None = None) -> dict:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters or {}}
        request = urllib.request.Request(
            self._url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())["result"]

    def balance(self, address: str, coin: str) -> int:
        """As its index tells it, which is a little behind."""
        return int(self.tell("suix_getBalance", [address, coin])["totalBalance"])

    def swallow_transactions(self) -> None:
        """Whatever is sent gets no further than the line: no answer, and nothing arrives."""
        self.tell("mock_setFaults", {"seed": 1, "rules": [
            {"fault": "timeout_before", "probability": 1, "method": "execute"}]})

    def behave(self) -> None:
        self.tell("mock_setFaults", {"seed": 1, "rules": []})

    def has(self, digest: str) -> bool:
        """Whether the transaction has arrived, of all that ever ran here."""
        return any(one["digest"] == digest for one in self.tell("mock_dump")["transactions"])

    def charges(self) -> list[dict]:
        """Events by which money was charged."""
        return [event for event in self.tell("mock_dump")["events"]
                if "::account::Charged<" in event["type"]]
