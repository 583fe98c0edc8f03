"""Events of use as a program of the operator's sends them, and the key of its edge."""

import json
import secrets
import time
from datetime import UTC, datetime

from .gateway import Fleet
from .service import Service, command

TARGET = "/v1/ingest/usage-events"


def edge_key(fleet: Fleet, edge: str) -> Service:
    made = command(
        fleet, "add", "--name", "e" + secrets.token_hex(6), "--scopes", "ingest", "--edge", edge,
        "--json")
    return Service(made["id"], made["secret"])


def event(customer: int, identifier: str | None = None, ago: float = 0, **changed: object) -> dict:
    at = datetime.fromtimestamp(time.time() - ago, UTC)
    return {
        "id": identifier or secrets.token_hex(8),
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "customerId": customer, "serviceType": "seal", "method": "POST", "statusCode": 200,
        "bytesIn": 100, "bytesOut": 2000, "durationMs": 7, **changed}


def body(*events: dict, edge: str = "edge-3") -> bytes:
    return json.dumps({"edge": edge, "events": list(events)}).encode()
