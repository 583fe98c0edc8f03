"""`sluice intake quarantine`: what was no line is shown, and counts once when it has become one."""

import hashlib
import json
import secrets
import time
import uuid

import psycopg
import pytest

from support.binary import run
from support.client import new_customer
from support.gateway import Fleet, Gateway, empty_env_file, settings


def quarantine(fleet: Fleet, *arguments: str) -> tuple[int, str]:
    done = run(
        "intake", "quarantine", *arguments, "--env-file", str(empty_env_file(fleet.directory)),
        environment=settings(fleet.directory, fleet.database_url))
    return done.returncode, done.stdout + done.stderr


def line(key: bytes, at: int | None = None) -> bytes:
    return json.dumps({
        "v": 1, "time": at or time.time_ns() // 1_000_000, "id": str(uuid.uuid4()),
        "edge": "edge-q", "frontend": "seal", "start": 1_795_246_453_000_000, "pid": 7, "lc": 0,
        "key": key.hex(), "service": "seal", "method": "POST", "status": 200, "in": 82,
        "out": 4096, "request": 0, "queue": 0, "connect": 0, "response": 3, "active": 4,
    }, separators=(",", ":")).encode()


def put_aside(fleet: Fleet, code: str, raw: bytes) -> str:
    number = uuid.UUID(bytes=(time.time_ns() // 1_000_000).to_bytes(6, "big")
                       + bytes([0x70, 0, 0x80]) + secrets.token_bytes(7))
    with psycopg.connect(fleet.database_url) as connection:
        connection.execute(
            "INSERT INTO log_quarantine (quarantine_id, received_at, source, code, detail, raw)"
            " VALUES (%s, now(), 'tcp 127.0.0.1:5514', %s, %s, %s)", (number, code, code, raw))
    return str(number)


def add_key(fleet: Fleet, gateway: Gateway, digest: bytes) -> int:
    customer = new_customer(gateway)
    with psycopg.connect(fleet.database_url) as connection:
        connection.execute(
            "INSERT INTO service_instances (customer_id, service_type, created_at, changed_at)"
            " VALUES (%s, 'seal', now(), now())", (customer,))
        connection.execute(
            "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
            " sealed_key, created_at, changed_at)"
            " VALUES (%s, %s, 'seal', %s, 'slk_s_abc', 'x', now(), now())",
            (uuid.uuid4(), customer, digest))
    return customer


def served(fleet: Fleet, customer: int) -> int:
    with psycopg.connect(fleet.database_url) as connection:
        return connection.execute(
            "SELECT count(*) FROM haproxy_logs WHERE customer_id = %s", (customer,)).fetchone()[0]


def test_a_line_whose_key_is_known_by_now_is_counted_once(
    gateway: Gateway, shared_fleet: Fleet
) -> None:
    digest = hashlib.sha256(secrets.token_bytes(8)).digest()
    number = put_aside(shared_fleet, "api_key_unknown", line(digest))
    status, output = quarantine(shared_fleet, "replay", "--id", number, "--json")
    assert (status, json.loads(output)["refused"]) == (1, {"api_key_unknown": 1})

    customer = add_key(shared_fleet, gateway, digest)
    status, output = quarantine(shared_fleet, "replay", "--id", number, "--json")
    assert (status, json.loads(output)["stored"]) == (0, 1)
    status, output = quarantine(shared_fleet, "replay", "--id", number)
    assert (status, output) == (0, "tried 0: 0 stored, 0 had come by another way\n")
    assert served(shared_fleet, customer) == 1
    with psycopg.connect(shared_fleet.database_url) as connection:
        assert connection.execute(
            "SELECT action, details->'outcome'->>'stored', details->'operator'->>'pid' IS NOT NULL"
            "  FROM audit_log WHERE details->>'id' = %s ORDER BY audit_id", (number,)
        ).fetchall() == [("quarantine_replay_asked", None, True),
                         ("quarantine_replayed", "0", True),
                         ("quarantine_replay_asked", None, True),
                         ("quarantine_replayed", "1", True),
                         ("quarantine_replay_asked", None, True),
                         ("quarantine_replayed", "0", True)]


def test_what_is_listed_does_nothing_to_a_terminal(shared_fleet: Fleet) -> None:
    number = put_aside(shared_fleet, "line_not_an_object", b"\x1b[2Jrubbish\\\xff\0")
    status, output = quarantine(shared_fleet, "list", "--id", number)
    assert status == 0
    assert number in output and "line_not_an_object" in output and "\x1b" not in output
    status, output = quarantine(shared_fleet, "list", "--id", number, "--json")
    shown = json.loads(output)
    assert (status, shown["counts"]) == (0, {"line_not_an_object": 1})
    assert shown["messages"][0]["raw"] == r"\x1b[2Jrubbish\x5c\xff\x00"


@pytest.mark.parametrize("arguments", [
    ("list", "--since", "yesterday"), ("list", "--id", "7"), ("list", "--limit", "0"),
    ("replay", "--since", "2026-02-30T00:00:00Z"), ("replay", "--limit", "1"), ("drop",), (),
])
def test_what_is_not_understood_is_a_usage_error(
    shared_fleet: Fleet, arguments: tuple[str, ...]
) -> None:
    assert quarantine(shared_fleet, *arguments)[0] == 2
