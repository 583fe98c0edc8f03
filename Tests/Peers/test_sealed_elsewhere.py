"""Secrets at rest open in Node, with their key and their place, and not otherwise."""

import json

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from support.gateway import DATABASE_KEY, Fleet
from support.sealed import opened_by_node

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

    opened = opened_by_node(sealed, DATABASE_KEY, f"signing_keys.{key_id}.private_key")

    assert opened is not None and opened["ivBytes"] == 16
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(opened["opened"]))
    assert private.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw) == public


def test_a_secret_moved_to_another_row_or_altered_does_not_open(
    signing_key: tuple[str, bytes, str]
) -> None:
    key_id, _, sealed = signing_key
    context = f"signing_keys.{key_id}.private_key"
    assert opened_by_node(sealed, DATABASE_KEY, "signing_keys.another.private_key") is None
    assert opened_by_node(sealed, "ab" * 32, context) is None
    for part in (-3, -2, -1):
        fields = sealed.split(":")
        fields[part] = ("B" if fields[part][0] == "A" else "A") + fields[part][1:]
        assert opened_by_node(":".join(fields), DATABASE_KEY, context) is None


def test_a_service_keys_secret_opens_in_node_too(fleet: Fleet, commands) -> None:
    made = json.loads(commands(
        "keys", "service", "add", "--name", "peer", "--scopes", "charges", "--json").stdout)
    with psycopg.connect(fleet.database_url) as connection:
        row = connection.execute(
            "SELECT secret_id::text, sealed_secret FROM service_key_secrets").fetchone()
    assert row is not None
    opened = opened_by_node(
        row[1], DATABASE_KEY, f"service_key_secrets.{row[0]}.sealed_secret")
    assert opened is not None
    secret = bytes.fromhex(opened["opened"])
    assert made["secret"] in (secret.decode("latin-1"), secret.hex())
