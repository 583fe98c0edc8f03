"""Byte forms that Sui fixes: BCS pieces, intents, digests, addresses."""

import base64
import hashlib

ED25519, SECP256K1, SECP256R1, MULTISIG, ZKLOGIN, PASSKEY = 0, 1, 2, 3, 5, 6

PERSONAL_MESSAGE = bytes([3, 0, 0])
TRANSACTION = bytes([0, 0, 0])


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def uleb(value: int) -> bytes:
    out = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def byte_vector(data: bytes) -> bytes:
    return uleb(len(data)) + data


def string(text: str) -> bytes:
    return byte_vector(text.encode())


def vector(items: list[bytes]) -> bytes:
    return uleb(len(items)) + b"".join(items)


def u16(value: int) -> bytes:
    return value.to_bytes(2, "little")


def u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def blake2b_256(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32).digest()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def message_payload(message: bytes) -> bytes:
    """What follows the intent of a personal message: the BCS byte vector."""
    return byte_vector(message)


def message_digest(message: bytes) -> bytes:
    return blake2b_256(PERSONAL_MESSAGE + message_payload(message))


def transaction_digest(data: bytes) -> bytes:
    return blake2b_256(TRANSACTION + data)


def hex_address(digest: bytes) -> str:
    return "0x" + digest.hex()


def address(flag: int, public_key: bytes) -> str:
    return hex_address(blake2b_256(bytes([flag]) + public_key))


def flip(data: bytes, index: int, mask: int = 1) -> bytes:
    out = bytearray(data)
    out[index] ^= mask
    return bytes(out)
