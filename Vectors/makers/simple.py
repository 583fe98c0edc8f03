"""Good signatures of the three simple schemes."""

from makers.cases import Cases
from makers.codec import (
    ED25519,
    PERSONAL_MESSAGE,
    SECP256K1,
    SECP256R1,
    TRANSACTION,
    message_digest,
    message_payload,
    transaction_digest,
)
from makers.keys import Key, fastcrypto_accepts
from makers.messages import MESSAGES, transactions

SCHEMES = [ED25519, SECP256K1, SECP256R1]
LIBRARIES = {ED25519: "pynacl", SECP256K1: "coincurve", SECP256R1: "cryptography"}
# The long messages weigh 22 KB each; one scheme carries them.
LONG = {"length_16383", "length_16384"}


def _checked(key: Key, digest: bytes, serialized: bytes) -> bytes:
    """A case only goes out when two libraries made the same verdict of it."""
    assert fastcrypto_accepts(key.flag, serialized[65:], digest, serialized[1:65])
    return serialized


def fastcrypto_personal_message() -> Cases:
    cases = Cases("good personal-message signatures", "pysui-fastcrypto sign_digest")
    for flag in SCHEMES:
        for name, message in MESSAGES.items():
            if name in LONG and flag != ED25519:
                continue
            key = Key(flag, name)
            made = key.fastcrypto_serialized(PERSONAL_MESSAGE, message_payload(message))
            cases.add(
                f"{key.scheme}.ok.{name}",
                key.scheme,
                key.address,
                _checked(key, message_digest(message), made),
                message=message,
            )
    return cases


def fastcrypto_transaction() -> Cases:
    cases = Cases("good transaction signatures", "pysui-fastcrypto sign_digest")
    for flag in SCHEMES:
        for name, data in transactions().items():
            key = Key(flag, name)
            made = key.fastcrypto_serialized(TRANSACTION, data)
            cases.add(
                f"{key.scheme}.ok.{name}",
                key.scheme,
                key.address,
                _checked(key, transaction_digest(data), made),
                transaction=data,
            )
    return cases


def library_personal_message(flag: int) -> Cases:
    """The same forms from a signer that shares no code with Mysten's."""
    cases = Cases("good personal-message signatures", LIBRARIES[flag])
    for name in ["empty", "hello", "length_127", "length_128", "sign_in", "utf8"]:
        message = MESSAGES[name]
        for number in range(2):
            key = Key(flag, f"library {name} {number}")
            digest = message_digest(message)
            made = _checked(key, digest, key.serialized(digest))
            cases.add(
                f"{key.scheme}.ok.{name}.{number}", key.scheme, key.address, made, message=message
            )
    return cases
