"""Refusals of the simple schemes: content, scalars, keys."""

from nacl.bindings import crypto_core_ed25519_is_valid_point

from makers.cases import Cases
from makers.codec import (
    ED25519,
    SECP256K1,
    SECP256R1,
    address,
    flip,
    message_digest,
    sha256,
    transaction_digest,
    blake2b_256,
)
from makers.keys import (
    ED25519_L,
    ORDERS,
    PRIMES,
    Key,
    fastcrypto_accepts,
    is_on_curve,
    join,
    split,
)
from makers.messages import SIGN_IN, transactions

SCHEMES = [ED25519, SECP256K1, SECP256R1]
MESSAGE = SIGN_IN
DIGEST = message_digest(MESSAGE)


def wrong_content() -> Cases:
    """Whole signatures, by the right library, over or by something else."""
    cases = Cases("a good signature of something else", "PyNaCl, coincurve, cryptography")
    transaction = next(iter(transactions().values()))
    for flag in SCHEMES:
        key, other = Key(flag, "content"), Key(flag, "other")

        def refuse(name: str, signature: bytes, reason: str, **fields) -> None:
            about = fields or {"message": MESSAGE}
            digest = (
                message_digest(about["message"])
                if "message" in about
                else transaction_digest(about["transaction"])
            )
            if reason == "signature_mismatch":
                assert not fastcrypto_accepts(flag, signature[65:], digest, signature[1:65]), name
            cases.add(f"{key.scheme}.{name}", key.scheme, key.address, signature,
                      reason=reason, **about)

        good = key.serialized(DIGEST)
        refuse("transaction_as_message", key.serialized(transaction_digest(MESSAGE)),
               "signature_mismatch")
        refuse("message_as_transaction", key.serialized(message_digest(transaction)),
               "signature_mismatch", transaction=transaction)
        refuse("other_transaction", key.serialized(transaction_digest(transaction + b"\0")),
               "signature_mismatch", transaction=transaction)
        refuse("no_intent", key.serialized(blake2b_256(MESSAGE)), "signature_mismatch")
        refuse("no_length", key.serialized(blake2b_256(bytes([3, 0, 0]) + MESSAGE)),
               "signature_mismatch")
        refuse("raw_message", key.serialized(MESSAGE), "signature_mismatch")
        refuse("hashed_twice", key.serialized(sha256(DIGEST)), "signature_mismatch")
        refuse("other_scope", key.serialized(blake2b_256(bytes([4, 0, 0, 232, 2]) + MESSAGE)),
               "signature_mismatch")
        refuse("line_feed_added", good, "signature_mismatch", message=MESSAGE + b"\n")
        refuse("carriage_returns", good, "signature_mismatch",
               message=MESSAGE.replace(b"\n", b"\r\n"))
        refuse("one_bit_of_message", good, "signature_mismatch", message=flip(MESSAGE, 200))
        refuse("message_empty", good, "signature_mismatch", message=b"")
        refuse("one_bit_of_r", flip(good, 20), "signature_mismatch")
        refuse("one_bit_of_s", flip(good, 50 if flag != ED25519 else 40), "signature_mismatch")
        refuse("one_bit_of_key", flip(good, len(good) - 2), "address_mismatch")
        refuse("other_signer", other.serialized(DIGEST), "address_mismatch")
        refuse("other_signer_own_key", key.wrap(other.sign(DIGEST)), "signature_mismatch")
        refuse("halves_swapped", key.wrap(_swapped(key)), "signature_mismatch"
               if flag != ED25519 else "scalar_not_reduced")
        cases.add(f"{key.scheme}.address_of_other_scheme", key.scheme,
                  address((flag + 1) % 3, key.public), good, message=MESSAGE,
                  reason="address_mismatch", comment="the same key under another flag")
        cases.add(f"{key.scheme}.address_zero", key.scheme, "0x" + "0" * 64, good,
                  message=MESSAGE, reason="address_mismatch")
    return cases


def _swapped(key: Key) -> bytes:
    """s before r; for ECDSA with r made low, so that only the equation can refuse it."""
    if key.flag == ED25519:
        signature = key.sign(DIGEST)
        return signature[32:] + signature[:32]
    r, s = split(key.sign(DIGEST))
    return join(s, min(r, ORDERS[key.flag] - r))


def scalars() -> Cases:
    """Scalars at and beyond each bound."""
    cases = Cases("scalars at and beyond their bounds", "computed from good signatures")
    for flag in [SECP256K1, SECP256R1]:
        key, n = Key(flag, "scalars"), ORDERS[flag]
        r, s = split(key.sign(DIGEST))
        bounds = {
            "high_s": (r, n - s, "high_s"),
            "s_just_above_half": (r, n // 2 + 1, "high_s"),
            "s_largest": (r, n - 1, "high_s"),
            "s_half": (r, n // 2, "signature_mismatch"),
            "s_one": (r, 1, "signature_mismatch"),
            "r_largest": (n - 1, s, "signature_mismatch"),
            "r_zero": (0, s, "scalar_not_reduced"),
            "s_zero": (r, 0, "scalar_not_reduced"),
            "both_zero": (0, 0, "scalar_not_reduced"),
            "r_order": (n, s, "scalar_not_reduced"),
            "s_order": (r, n, "scalar_not_reduced"),
            "r_all_ones": (2**256 - 1, s, "scalar_not_reduced"),
            "s_all_ones": (r, 2**256 - 1, "scalar_not_reduced"),
            "r_zero_high_s": (0, n - s, "scalar_not_reduced"),
        }
        for name, (r_, s_, reason) in bounds.items():
            signature = join(r_, s_)
            assert not fastcrypto_accepts(flag, key.public, DIGEST, signature), name
            cases.add(f"{key.scheme}.{name}", key.scheme, key.address, key.wrap(signature),
                      message=MESSAGE, reason=reason)
    _ed25519_scalars(cases)
    return cases


def _ed25519_scalars(cases: Cases) -> None:
    key = Key(ED25519, "scalars")
    signature = key.sign(DIGEST)
    point, s = signature[:32], int.from_bytes(signature[32:], "little")
    bounds = {
        "s_plus_order": (s + ED25519_L, "scalar_not_reduced"),
        "s_plus_two_orders": (s + 2 * ED25519_L, "scalar_not_reduced"),
        "s_order": (ED25519_L, "scalar_not_reduced"),
        "s_all_ones": (2**256 - 1, "scalar_not_reduced"),
        "s_top_bit": (s | 1 << 255, "scalar_not_reduced"),
        "s_largest": (ED25519_L - 1, "signature_mismatch"),
        "s_zero": (0, "signature_mismatch"),
    }
    for name, (s_, reason) in bounds.items():
        changed = point + s_.to_bytes(32, "little")
        assert not fastcrypto_accepts(ED25519, key.public, DIGEST, changed), name
        cases.add(f"ed25519.{name}", "ed25519", key.address, key.wrap(changed),
                  message=MESSAGE, reason=reason)
    for name, first in [("r_identity", 1), ("r_zero", 0)]:
        changed = bytes([first]) + bytes(31) + signature[32:]
        assert not fastcrypto_accepts(ED25519, key.public, DIGEST, changed), name
        cases.add(f"ed25519.{name}", "ed25519", key.address, key.wrap(changed),
                  message=MESSAGE, reason="signature_mismatch")


def small_order(encodings: list[str]) -> Cases:
    """Keys for which one signature holds for every message; fastcrypto accepts all of them."""
    cases = Cases("Ed25519 keys of small order", "computed; R is the identity and S is zero")
    forged = bytes([1]) + bytes(63)
    for number, encoding in enumerate(encodings):
        public = bytes.fromhex(encoding)
        assert fastcrypto_accepts(ED25519, public, DIGEST, forged), encoding
        cases.add(f"ed25519.small_order.{number:02}", "ed25519", address(ED25519, public),
                  bytes([ED25519]) + forged + public, message=MESSAGE,
                  reason="small_order_key", comment="accepted by the network's own rule")
    return cases


def public_keys() -> Cases:
    """Encodings that are no point, or not the compressed form of one."""
    cases = Cases("public keys that are none", "computed from good signatures")
    for flag in [SECP256K1, SECP256R1]:
        key = Key(flag, "public keys")
        beside = next(
            candidate
            for candidate in (flip(key.public, 32, mask) for mask in range(1, 256))
            if not is_on_curve(flag, candidate)
        )
        wrong = {
            "prefix_zero": b"\x00" + key.public[1:],
            "prefix_uncompressed": b"\x04" + key.public[1:],
            "prefix_hybrid": b"\x06" + key.public[1:],
            "off_curve": beside,
            "x_is_prime": b"\x02" + PRIMES[flag].to_bytes(32, "big"),
            "x_all_ones": b"\x02" + b"\xff" * 32,
            "all_zero": bytes(33),
        }
        for name, public in wrong.items():
            signature = key.sign(DIGEST)
            assert not fastcrypto_accepts(flag, public, DIGEST, signature), name
            cases.add(f"{key.scheme}.{name}", key.scheme, address(flag, public),
                      bytes([flag]) + signature + public, message=MESSAGE,
                      reason="invalid_public_key")
        negated = bytes([key.public[0] ^ 1]) + key.public[1:]
        cases.add(f"{key.scheme}.negated", key.scheme, address(flag, negated),
                  bytes([flag]) + key.sign(DIGEST) + negated, message=MESSAGE,
                  reason="signature_mismatch", comment="the point with the other y")
    _ed25519_keys(cases)
    return cases


def _ed25519_keys(cases: Cases) -> None:
    """Nineteen ordinates have a second spelling, y + p; those of no small order are tried."""
    p = 2**255 - 19
    ordinates = {f"second_spelling_{y}": p + y for y in range(3, 19)}
    ordinates |= {f"off_curve_{y}": y for y in range(2, 40) if not _is_ordinate(y)}
    signature = Key(ED25519, "public keys").sign(DIGEST)
    for name, ordinate in list(ordinates.items())[::4]:
        public = ordinate.to_bytes(32, "little")
        assert not crypto_core_ed25519_is_valid_point(public), name
        assert not fastcrypto_accepts(ED25519, public, DIGEST, signature), name
        cases.add(f"ed25519.{name}", "ed25519", address(ED25519, public),
                  bytes([ED25519]) + signature + public, message=MESSAGE,
                  reason="invalid_public_key")


def _is_ordinate(y: int) -> bool:
    """Whether x² = (y² - 1) / (dy² + 1) has a root modulo p (RFC 8032, section 5.1.3)."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    return pow(square, (p - 1) // 2, p) in (0, 1)
