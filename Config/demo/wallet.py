"""A wallet made on the spot. Needs PyNaCl."""

from __future__ import annotations

import base64
import hashlib

import nacl.signing

PERSONAL_MESSAGE = b"\x03\x00\x00"
TRANSACTION = b"\x00\x00\x00"


class Wallet:
    """An Ed25519 key and its Sui address."""

    def __init__(self) -> None:
        self._key = nacl.signing.SigningKey.generate()
        self._public = bytes(self._key.verify_key)
        self.address = "0x" + hashlib.blake2b(b"\x00" + self._public, digest_size=32).hexdigest()

    def sign(self, message: str) -> str:
        """Over a personal message, which is hashed with its length before it."""
        content = message.encode()
        length, count = b"", len(content)
        while True:
            count, low = count >> 7, count & 0x7F
            length += bytes([low | (0x80 if count else 0)])
            if not count:
                break
        return self._signature(PERSONAL_MESSAGE + length + content)

    def sign_transaction(self, transaction: str) -> str:
        """Over the Base64 bytes of a transaction."""
        return self._signature(TRANSACTION + base64.b64decode(transaction))

    def _signature(self, intent: bytes) -> str:
        """Sui's Base64 of flag, signature and public key."""
        digest = hashlib.blake2b(intent, digest_size=32).digest()
        signature = self._key.sign(digest).signature
        return base64.b64encode(b"\x00" + signature + self._public).decode()
