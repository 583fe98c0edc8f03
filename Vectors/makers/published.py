"""The published data is copied, not made; here it is held against the libraries."""

import json

from makers.codec import (
    ED25519,
    PASSKEY,
    SECP256K1,
    SECP256R1,
    address,
    message_digest,
    transaction_digest,
    unb64,
)
from makers.keys import fastcrypto_accepts
from makers.messages import PUBLISHED
from makers.zklogin import zklogin_address

FLAGS = {"ed25519": ED25519, "secp256k1": SECP256K1, "secp256r1": SECP256R1, "passkey": PASSKEY}


def load(name: str) -> dict:
    return json.loads((PUBLISHED / name).read_text())


def check() -> None:
    for case in load("personal_message.json")["cases"]:
        _check_simple(case, message_digest(unb64(case["message_base64"])))
    for case in load("transactions.json")["cases"]:
        if case["scheme"] != "passkey":
            _check_simple(case, transaction_digest(unb64(case["transaction_data_base64"])))
    addresses = load("addresses.json")
    for key in addresses["keys"]:
        assert address(FLAGS[key["scheme"]], unb64(key["public_key_base64"])) == key["address"]
    for case in addresses["zklogin"]:
        made = zklogin_address(
            iss=case["iss"], seed=int(case["address_seed"]), padded=not case["legacy"]
        )
        assert made == case["address"], case
    assert len(small_order_encodings()) == 14


def _check_simple(case: dict, digest: bytes) -> None:
    signature, flag = unb64(case["signature_base64"]), FLAGS[case["scheme"]]
    assert address(flag, signature[65:]) == case["address"], case["id"]
    assert fastcrypto_accepts(flag, signature[65:], digest, signature[1:65]), case["id"]


def small_order_encodings() -> list[str]:
    return load("ed25519_small_order.json")["encodings_hex"]
