"""Passkey: WebAuthn assertions by a P-256 key, and everything about them that may be wrong."""

import json

from makers.cases import Cases
from makers.codec import (
    PASSKEY,
    SECP256R1,
    address,
    b64,
    b64url,
    byte_vector,
    flip,
    message_digest,
    sha256,
    transaction_digest,
    unb64,
)
from makers.keys import Key, SECP256R1_N, fastcrypto_accepts, join, split
from makers.messages import PUBLISHED, SIGN_IN, transactions

MESSAGE = SIGN_IN
DIGEST = message_digest(MESSAGE)
ORIGIN = "https://gateway.example"
# RP id hash, flags (user present, user verified, backup eligible, backed up), counter 0.
AUTHENTICATOR_DATA = sha256(b"gateway.example") + bytes([0x1D, 0, 0, 0, 0])


def client_data(digest: bytes, type: str = "webauthn.get", **changed) -> bytes:
    members = {"type": type, "challenge": b64url(digest), "origin": ORIGIN, "crossOrigin": False}
    members |= changed
    kept = {name: value for name, value in members.items() if value is not ...}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode()


def wrap(data: bytes, client: bytes, user: bytes) -> bytes:
    return bytes([PASSKEY]) + byte_vector(data) + byte_vector(client) + byte_vector(user)


def assert_client(key: Key, client: bytes, data: bytes = AUTHENTICATOR_DATA) -> bytes:
    """The whole serialized signature for a clientDataJSON of any kind."""
    signed = data + sha256(client)
    user = key.serialized(signed)
    assert fastcrypto_accepts(SECP256R1, key.public, signed, user[1:65])
    return wrap(data, client, user)


def assertion(key: Key, digest: bytes, **changed) -> bytes:
    return assert_client(key, client_data(digest, **changed))


def passkey_address(key: Key) -> str:
    return address(PASSKEY, key.public)


def good() -> Cases:
    cases = Cases("good passkey signatures", "cryptography (P-256), checked by fastcrypto")
    key = Key(SECP256R1, "passkey")

    def accept(name: str, signature: bytes, message: bytes = MESSAGE) -> None:
        cases.add(f"passkey.ok.{name}", "passkey", passkey_address(key), signature,
                  message=message)

    challenge = b64url(DIGEST)
    accept("plain", assertion(key, DIGEST))
    accept("hello", assertion(key, message_digest(b"hello")), b"hello")
    accept("empty", assertion(key, message_digest(b"")), b"")
    accept("no_cross_origin", assertion(key, DIGEST, crossOrigin=...))
    accept("more_members", assertion(key, DIGEST, topOrigin="https://top.example",
                                     other_keys_can_be_added_here={"a": [1, 2.5e3, None]}))
    accept("android_origin", assertion(key, DIGEST, origin="android:apk-key-hash:abc_-"))
    accept("origin_utf8", assertion(key, DIGEST, origin="https://მაგალითი.example"))
    accept("members_reordered", assert_client(
        key, f'{{"origin":"{ORIGIN}","challenge":"{challenge}","type":"webauthn.get"}}'.encode()))
    accept("white_space", assert_client(
        key, f' {{ "type" : "webauthn.get" ,\n"challenge":\t"{challenge}",'
             f' "origin":"{ORIGIN}" }} '.encode()))
    accept("escaped_slashes", assert_client(
        key, client_data(DIGEST).replace(b"https://", b"https:\\/\\/")))
    accept("extensions", assert_client(key, client_data(DIGEST),
                                       AUTHENTICATOR_DATA[:32] + bytes([0x9D, 0, 0, 1, 0])
                                       + bytes.fromhex("a16b6372656450726f7465637402")))
    data = next(iter(transactions().values()))
    cases.add("passkey.ok.transaction", "passkey", passkey_address(key),
              assertion(key, transaction_digest(data)), transaction=data)
    return cases


def refusals() -> Cases:
    cases = Cases("passkey signatures that are refused", "cryptography (P-256)")
    key = Key(SECP256R1, "passkey")

    def refuse(name: str, signature: bytes, reason: str, at: str | None = None) -> None:
        cases.add(f"passkey.{name}", "passkey", at or passkey_address(key), signature,
                  message=MESSAGE, reason=reason)

    _client_data(key, refuse)
    _challenge(key, refuse)
    _signature(key, refuse)
    _bytes(key, refuse)
    return cases


def _client_data(key: Key, refuse) -> None:
    def refuse_client(name: str, client: bytes, reason: str = "passkey_client_data") -> None:
        refuse(name, assert_client(key, client), reason)

    text = client_data(DIGEST)
    for name, type in [("create", "webauthn.create"), ("payment", "payment.get"),
                       ("empty", ""), ("upper", "WEBAUTHN.GET"), ("longer", "webauthn.get ")]:
        refuse_client(f"type_{name}", client_data(DIGEST, type=type), "passkey_type")
    for member in ["type", "challenge", "origin"]:
        refuse_client(f"{member}_missing", client_data(DIGEST, **{member: ...}))
        refuse_client(f"{member}_null", client_data(DIGEST, **{member: None}))
        refuse_client(f"{member}_number", client_data(DIGEST, **{member: 1}))
        twice = text[:-1] + b"," + json.dumps({member: "again"}).encode()[1:]
        refuse_client(f"{member}_twice", twice)
    refuse_client("type_twice_same", text[:-1] + b',"type":"webauthn.get"}')
    refuse_client("type_twice_escaped", text[:-1] + b',"\\u0074ype":"webauthn.create"}')
    refuse_client("unknown_member_twice", text[:-1] + b',"crossOrigin":true}')
    refuse_client("nested_twice", text[:-1] + b',"x":{"a":1,"a":2}}')
    refuse_client("names_upper", text.replace(b'"type"', b'"Type"'))
    refuse_client("empty_text", b"")
    refuse_client("not_json", b"webauthn.get")
    refuse_client("array", b"[" + text + b"]")
    refuse_client("string", json.dumps(text.decode()).encode())
    refuse_client("null", b"null")
    refuse_client("trailing_text", text + b"x")
    refuse_client("two_objects", text + text)
    refuse_client("nul_after", text + b"\0")
    refuse_client("cut", text[:-1])
    refuse_client("trailing_comma", text[:-1] + b",}")
    refuse_client("single_quotes", text.replace(b'"', b"'"))
    refuse_client("comment", text[:-1] + b"/**/}")
    refuse_client("byte_order_mark", b"\xef\xbb\xbf" + text)
    refuse_client("utf16", text.decode().encode("utf-16-le"))
    refuse_client("not_utf8", text.replace(b"gateway", b"gatew\xffy"))
    refuse_client("overlong_utf8", text.replace(b"gateway", b"gatew\xc1\xa1y"))
    refuse_client("lone_surrogate", text.replace(b"gateway", b"gatew\\ud800y"))
    refuse_client("control_character", text.replace(b"gateway", b"gatew\x01y"))
    refuse_client("deep", text[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}")
    refuse_client("not_a_number", text[:-1] + b',"x":NaN}')
    refuse_client("leading_zero", text[:-1] + b',"x":01}')


def _challenge(key: Key, refuse) -> None:
    def refuse_challenge(name: str, challenge: str, reason: str = "passkey_challenge") -> None:
        refuse(f"challenge_{name}", assertion(key, DIGEST, challenge=challenge), reason)

    text = b64url(DIGEST)
    assert len(text) == 43
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(text[-1])
    refuse_challenge("padded", text + "=")
    refuse_challenge("padding_bit", text[:-1] + alphabet[last ^ 1])
    refuse_challenge("space", text + " ")
    refuse_challenge("empty", "")
    refuse_challenge("standard_alphabet", _standard(key, refuse))
    refuse_challenge("intent_and_digest", b64url(bytes([3, 0, 0]) + DIGEST))
    refuse_challenge("31_bytes", b64url(DIGEST[:31]))
    refuse_challenge("33_bytes", b64url(DIGEST + b"\0"))
    refuse_challenge("hex", DIGEST.hex())
    mismatch = "passkey_challenge_mismatch"
    refuse_challenge("other_message", b64url(message_digest(b"other")), mismatch)
    refuse_challenge("transaction", b64url(transaction_digest(MESSAGE)), mismatch)
    refuse_challenge("one_bit", b64url(flip(DIGEST, 31)), mismatch)
    refuse_challenge("zero", b64url(bytes(32)), mismatch)
    refuse_challenge("sha256", b64url(sha256(MESSAGE)), mismatch)
    published = json.loads((PUBLISHED / "passkey.json").read_text())
    refuse("challenge_published_35_bytes",
           unb64(published["old_challenge"]["signature_base64"]), "passkey_challenge")


def _standard(key: Key, refuse) -> str:
    """A digest with a character that the two alphabets spell differently."""
    for number in range(1000):
        digest = message_digest(f"alphabet {number}".encode())
        text = b64(digest).rstrip("=")
        if "+" in text or "/" in text:
            return text
    raise AssertionError


def _signature(key: Key, refuse) -> None:
    client = client_data(DIGEST)
    signed = AUTHENTICATOR_DATA + sha256(client)
    user = key.serialized(signed)
    r, s = split(user[1:65])

    def refuse_user(name: str, changed: bytes, reason: str) -> None:
        refuse(name, wrap(AUTHENTICATOR_DATA, client, changed), reason)

    refuse_user("high_s", key.wrap(join(r, SECP256R1_N - s)), "high_s")
    refuse_user("r_zero", key.wrap(join(0, s)), "scalar_not_reduced")
    refuse_user("s_zero", key.wrap(join(r, 0)), "scalar_not_reduced")
    refuse_user("s_order", key.wrap(join(r, SECP256R1_N)), "scalar_not_reduced")
    refuse_user("one_bit_of_r", flip(user, 20), "signature_mismatch")
    refuse_user("over_digest", key.serialized(DIGEST), "signature_mismatch")
    refuse_user("over_client_data", key.serialized(sha256(client)), "signature_mismatch")
    refuse_user("over_unhashed", key.serialized(AUTHENTICATOR_DATA + client),
                "signature_mismatch")
    refuse_user("over_hash", key.serialized(sha256(signed)), "signature_mismatch")
    for flag in [0, 1, 3, 5, 6, 0xFF]:
        refuse_user(f"inner_flag_{flag:02x}", bytes([flag]) + user[1:], "passkey_inner_flag")
    refuse_user("inner_empty", b"", "wrong_length")
    refuse_user("inner_flag_only", user[:1], "wrong_length")
    refuse_user("inner_short", user[:-1], "wrong_length")
    refuse_user("inner_long", user + b"\0", "wrong_length")
    whole = assert_client(key, client)
    changed_data = flip(AUTHENTICATOR_DATA, 32)
    refuse("authenticator_data_changed", wrap(changed_data, client, user), "signature_mismatch")
    refuse("authenticator_data_empty", wrap(b"", client, user), "signature_mismatch")
    refuse("client_data_reformatted",
           wrap(AUTHENTICATOR_DATA, client.replace(b",", b", "), user), "signature_mismatch")
    refuse("origin_changed",
           wrap(AUTHENTICATOR_DATA, client.replace(b"gateway", b"phisher"), user),
           "signature_mismatch")
    refuse("address_of_secp256r1", whole, "address_mismatch", key.address)
    refuse("other_key", assertion(Key(SECP256R1, "passkey other"), DIGEST), "address_mismatch")
    hybrid = b"\x06" + key.public[1:]
    refuse("key_invalid",
           wrap(AUTHENTICATOR_DATA, client, user[:65] + hybrid), "invalid_public_key",
           address(PASSKEY, hybrid))


def _bytes(key: Key, refuse) -> None:
    whole = assertion(key, DIGEST)
    refuse("trailing_byte", whole + b"\0", "trailing_bytes")
    refuse("one_short", whole[:-1], "bcs_invalid")
    refuse("half", whole[: len(whole) // 2], "bcs_invalid")
    refuse("length_two_bytes", whole[:1] + b"\xa5\0" + whole[2:], "uleb_not_canonical")
    refuse("length_4294967295", whole[:1] + b"\xff\xff\xff\xff\x0f" + whole[2:], "bcs_invalid")
    refuse("length_six_bytes", whole[:1] + b"\x80\x80\x80\x80\x80\x01", "uleb_not_canonical")
    refuse("user_missing", whole[:-99], "bcs_invalid")
    simple = key.serialized(DIGEST)
    refuse("flag_only_changed", bytes([PASSKEY]) + simple[1:], _reason_of_simple(simple))


def _reason_of_simple(simple: bytes) -> str:
    """A simple signature under this flag: its first byte is read as a length."""
    assert simple[1] < 0x80 and simple[2 + simple[1]] >= 0x80 or simple[1] > 97, "other label"
    return "bcs_invalid"
