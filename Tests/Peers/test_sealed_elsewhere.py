"""Secrets at rest open in Node, with their key and their place, and not otherwise."""

import json
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from support.gateway import DATABASE_KEY, Fleet

SCRIPT = Path(__file__).parent / "open_sealed.mjs"


def open_with_node(sealed: str, context: str, key: str = DATABASE_KEY) -> dict | None:
    program = shutil.which("node")
    assert program, "Node.js is not installed"
    result = subprocess.run(
        [program, SCRIPT], input=json.dumps({"sealed": sealed, "key": key, "context": context}),
        capture_output=True, text=True, timeout=20, check=False)
    return json.loads(result.stdout) if result.returncode == 0 else None


@pytest.fixture
def signing_key(fleet: Fleet) -> tuple[str, bytes, str]:
    fleet.start()
    with psycopg.connect(fleet.database_url) as connection:
        row = connection.execute(
            "SELECT key_id, public_key, private_key FROM signing_keys").fetchone()
    assert row is not None
    return row


def test_node_opens_a_sealed_signing_key(signing_key: tuple[str, bytes, str]) -> None:
    key_id, public, sealed = signing_key
    assert sealed.count(":") in (2, 3)

    opened = open_with_node(sealed, f"signing_keys.{key_id}.private_key")

    assert opened is not None and opened["ivBytes"] == 16
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(opened["opened"]))
    assert private.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw) == public


def test_a_secret_moved_to_another_row_or_altered_does_not_open(
    signing_key: tuple[str, bytes, str]
) -> None:
    key_id, _, sealed = signing_key
    context = f"signing_keys.{key_id}.private_key"
    assert open_with_node(sealed, "signing_keys.another.private_key") is None
    assert open_with_node(sealed, context, key="ab" * 32) is None
    for part in (-3, -2, -1):
        fields = sealed.split(":")
        fields[part] = ("B" if fields[part][0] == "A" else "A") + fields[part][1:]
        assert open_with_node(":".join(fields), context) is None


def test_a_service_keys_secret_opens_in_node_too(fleet: Fleet, commands) -> None:
    made = json.loads(commands(
        "keys", "service", "add", "--name", "peer", "--scopes", "charges", "--json").stdout)
    with psycopg.connect(fleet.database_url) as connection:
        row = connection.execute(
            "SELECT secret_id::text, sealed_secret FROM service_key_secrets").fetchone()
    assert row is not None
    opened = open_with_node(row[1], f"service_key_secrets.{row[0]}.sealed_secret")
    assert opened is not None
    secret = bytes.fromhex(opened["opened"])
    assert made["secret"] in (secret.decode("latin-1"), secret.hex())
