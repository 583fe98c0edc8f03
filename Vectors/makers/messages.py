"""What is signed: texts and transactions of every length class."""

import json
from pathlib import Path

from makers.codec import unb64

PUBLISHED = Path(__file__).resolve().parent.parent / "published"

SIGN_IN = b"""\
gateway.example wants you to sign in with your Sui account:
0x32f307c49df57dc6a0ca3297b2a7a2efbbaa56e91dcf89e8800705fc9f8108c3

Sign in to your account.

URI: https://gateway.example
Version: 1
Chain ID: sui:mainnet
Nonce: 7f3Kq9TzX2bN8cWm5RvYd4
Issued At: 2026-11-21T00:00:00.000Z
Expiration Time: 2026-11-21T00:05:00.000Z"""

# A ULEB128 length grows by a byte at 128 and at 16384.
MESSAGES = {
    "empty": b"",
    "hello": b"hello",
    "one_byte": b"\x00",
    "length_127": b"a" * 127,
    "length_128": b"a" * 128,
    "sign_in": SIGN_IN,
    "utf8": "გამარჯობა 👋".encode(),
    "binary": bytes(range(256)),
    "length_16383": b"b" * 16383,
    "length_16384": b"b" * 16384,
}


def transactions() -> dict[str, bytes]:
    """TransactionData published by Mysten Labs, one of each distinct byte string."""
    document = json.loads((PUBLISHED / "transactions.json").read_text())
    found: dict[str, bytes] = {}
    for case in document["cases"]:
        data = unb64(case["transaction_data_base64"])
        if data not in found.values():
            found[f"published_{len(found)}"] = data
    return found
