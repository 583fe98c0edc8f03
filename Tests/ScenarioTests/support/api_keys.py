"""API keys as customers get them, made without our code."""

import secrets
import uuid

from .bech32 import bech32
from .sealed import seal


def new_key(letter: str = "s") -> str:
    prefix = f"slk_{letter}"
    return f"{prefix}_{bech32(prefix, secrets.token_bytes(20))}"


def new_id() -> str:
    """A UUID that says that it is of version 7."""
    return str(uuid.UUID(int=secrets.randbits(128) & ~(0xF << 76) | 0x7 << 76))


def sealed_for_database(key: str, key_id: str, database_key: str) -> str:
    """The column `sealed_key` of its row."""
    return seal(key.encode(), database_key, f"api_keys.{key_id}.sealed_key")
