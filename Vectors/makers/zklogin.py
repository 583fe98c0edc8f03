"""zkLogin: what can be judged without a node, which is everything but the proof and its age."""

import json
from functools import cache

from nacl.signing import SigningKey

from makers.cases import Cases
from makers.codec import (
    ED25519,
    MULTISIG,
    SECP256K1,
    SECP256R1,
    ZKLOGIN,
    b64url,
    blake2b_256,
    byte_vector,
    flip,
    hex_address,
    message_digest,
    string,
    transaction_digest,
    u64,
    unb64,
    vector,
)
from makers.keys import ORDERS, Key, join, split
from makers.messages import PUBLISHED, SIGN_IN, transactions

MESSAGE = SIGN_IN
DIGEST = message_digest(MESSAGE)
# Orders of the fields of BN254: seeds are below the first, coordinates below the second.
SCALAR_FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617
BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583


@cache
def published() -> dict:
    return json.loads((PUBLISHED / "zklogin.json").read_text())


def inputs() -> dict:
    """A fresh copy of the published proof inputs."""
    return json.loads(json.dumps(published()["inputs"]["inputs"]))


def seed_of_inputs() -> int:
    return int(inputs()["address_seed"])


def claim(iss: str, before: str = "", after: str = ",", name: str = "iss") -> dict:
    """The fragment of a JWT payload that spells the claim, and where in a group it begins."""
    text = f'"{name}":{json.dumps(iss, ensure_ascii=False)}'
    return fragment(before.encode(), (text + after).encode())


def fragment(before: bytes, wanted: bytes) -> dict:
    payload = b64url(before + wanted + b"xxx")
    start = len(before) * 8 // 6
    end = -(-(len(before) + len(wanted)) * 8 // 6)
    return {"value": payload[start:end], "index_mod_4": start % 4}


def header(members: dict | str) -> str:
    text = members if isinstance(members, str) else json.dumps(members, separators=(",", ":"))
    return b64url(text.encode())


def encode_inputs(inputs: dict) -> bytes:
    points = inputs["proof_points"]
    details = inputs["iss_base64_details"]
    return (
        vector([string(x) for x in points["a"]])
        + vector([vector([string(x) for x in pair]) for pair in points["b"]])
        + vector([string(x) for x in points["c"]])
        + string(details["value"])
        + bytes([details["index_mod_4"]])
        + string(inputs["header_base64"])
        + string(inputs["address_seed"])
    )


def wrap(inputs: dict, user: bytes, max_epoch: int = 10) -> bytes:
    return bytes([ZKLOGIN]) + encode_inputs(inputs) + u64(max_epoch) + byte_vector(user)


def ephemeral(digest: bytes) -> bytes:
    """By the published test key, to which the published proof is bound."""
    key = SigningKey(bytes.fromhex(published()["inputs"]["ephemeral_seed_hex"]))
    return bytes([ED25519]) + key.sign(digest).signature + bytes(key.verify_key)


def good(digest: bytes, seed: int | None = None) -> bytes:
    changed = inputs()
    if seed is not None:
        changed["address_seed"] = str(seed)
    return wrap(changed, ephemeral(digest))


def identifier(iss: str | None = None, seed: int | None = None, padded: bool = True) -> bytes:
    iss_bytes = (iss if iss is not None else published()["inputs"]["iss"]).encode()
    seed = seed_of_inputs() if seed is None else seed
    seed_bytes = seed.to_bytes(32, "big")
    if not padded:
        seed_bytes = seed_bytes.lstrip(b"\0") or b"\0"
    return bytes([len(iss_bytes)]) + iss_bytes + seed_bytes


def zklogin_address(**fields) -> str:
    return hex_address(blake2b_256(bytes([ZKLOGIN]) + identifier(**fields)))


def structure() -> Cases:
    """Well formed, of the address and signed by the ephemeral key: the rest is a node's."""
    cases = Cases("zkLogin signatures that only a node can judge further",
                  "PyNaCl, coincurve, cryptography; proof inputs published by Mysten Labs")

    def case(name: str, signature: bytes, at: str, message: bytes = MESSAGE) -> None:
        cases.add(f"zklogin.ok.{name}", "zklogin", at, signature, message=message,
                  reason="needs_node")

    home = zklogin_address()
    case("published_proof", good(DIGEST), home)
    case("published_proof_hello", good(message_digest(b"hello world")), home, b"hello world")
    for flag in [SECP256K1, SECP256R1]:
        key = Key(flag, "ephemeral")
        case(f"ephemeral_{key.scheme}", wrap(inputs(), key.serialized(DIGEST)), home)
    for size, seed in [("248_bits", 2**248 - 1), ("17_bits", 65537), ("one", 1), ("zero", 0)]:
        case(f"seed_{size}.padded", good(DIGEST, seed), zklogin_address(seed=seed))
        case(f"seed_{size}.unpadded", good(DIGEST, seed),
             zklogin_address(seed=seed, padded=False))
    largest = SCALAR_FIELD - 1
    case("seed_largest", good(DIGEST, largest), zklogin_address(seed=largest))
    for number in range(3):
        changed = inputs()
        changed["iss_base64_details"] = claim("https://accounts.google.com",
                                              before="{" + "x" * number)
        case(f"iss_offset_{changed['iss_base64_details']['index_mod_4']}",
             wrap(changed, ephemeral(DIGEST)),
             zklogin_address(iss="https://accounts.google.com"))
    changed = inputs()
    changed["iss_base64_details"] = claim("accounts.google.com", after="}")
    case("iss_google_short", wrap(changed, ephemeral(DIGEST)),
         zklogin_address(iss="https://accounts.google.com"))
    long = "https://" + "a" * 247
    changed["iss_base64_details"] = claim(long)
    case("iss_255_bytes", wrap(changed, ephemeral(DIGEST)), zklogin_address(iss=long))
    changed = inputs()
    changed["header_base64"] = header({"kid": "1", "alg": "RS256", "x5t": "abc"})
    case("header_more_members", wrap(changed, ephemeral(DIGEST)), home)
    changed = inputs()
    changed["proof_points"]["a"][0] = str(BASE_FIELD - 1)
    case("coordinate_largest", wrap(changed, ephemeral(DIGEST)), home)
    case("max_epoch_largest", wrap(inputs(), ephemeral(DIGEST), 2**64 - 1), home)
    data = next(iter(transactions().values()))
    cases.add("zklogin.ok.transaction", "zklogin", home, good(transaction_digest(data)),
              transaction=data, reason="needs_node")
    return cases


def refusals() -> Cases:
    cases = Cases("zkLogin signatures that are refused without asking a node",
                  "assembled from published proof inputs")

    def refuse(name: str, signature: bytes, reason: str, at: str | None = None) -> None:
        cases.add(f"zklogin.{name}", "zklogin", at or zklogin_address(), signature,
                  message=MESSAGE, reason=reason)

    _numbers(refuse)
    _shapes(refuse)
    _iss(refuse)
    _header(refuse)
    _ephemeral(refuse)
    _bytes(refuse)
    return cases


def _numbers(refuse) -> None:
    spellings = {
        "empty": "", "leading_zero": "01", "two_zeros": "00", "minus": "-1", "plus": "+1",
        "space": " 1", "space_after": "1 ", "underscore": "1_0", "hex": "0x1", "point": "1.0",
        "exponent": "1e3", "letter": "12a", "full_width": "１", "arabic": "١", "nul": "1\0",
        "256_bits": str(2**256), "255_bits": str(2**255), "long": "1" * 78,
        "very_long": "1" * 2000,
    }
    for name, text in spellings.items():
        changed = inputs()
        changed["address_seed"] = text
        refuse(f"seed_{name}", wrap(changed, ephemeral(DIGEST)), "zklogin_number")
    for name, text in [*spellings.items(), ("field", str(BASE_FIELD))]:
        if name in {"empty", "leading_zero", "minus", "letter", "256_bits", "field"}:
            changed = inputs()
            changed["proof_points"]["b"][1][0] = text
            refuse(f"coordinate_{name}", wrap(changed, ephemeral(DIGEST)), "zklogin_number")
    changed = inputs()
    changed["address_seed"] = str(SCALAR_FIELD)
    refuse("seed_field", wrap(changed, ephemeral(DIGEST)), "zklogin_number")


def _shapes(refuse) -> None:
    def refuse_points(name: str, **points) -> None:
        changed = inputs()
        changed["proof_points"] |= points
        refuse(f"points_{name}", wrap(changed, ephemeral(DIGEST)), "zklogin_proof_shape")

    points = inputs()["proof_points"]
    a, b, c = points["a"], points["b"], points["c"]
    refuse_points("a_none", a=[])
    refuse_points("a_two", a=a[:2])
    refuse_points("a_four", a=[*a, "1"])
    refuse_points("b_two", b=b[:2])
    refuse_points("b_four", b=[*b, ["1", "0"]])
    refuse_points("b_inner_one", b=[b[0][:1], b[1], b[2]])
    refuse_points("b_inner_three", b=[b[0], [*b[1], "1"], b[2]])
    refuse_points("c_two", c=c[:2])
    refuse_points("c_four", c=[*c, "1"])
    refuse_points("c_many", c=["1"] * 200)


def _iss(refuse) -> None:
    def refuse_claim(name: str, details: dict) -> None:
        changed = inputs()
        changed["iss_base64_details"] = details
        refuse(f"iss_{name}", wrap(changed, ephemeral(DIGEST)), "zklogin_iss")

    plain = claim("https://id.twitch.tv/oauth2")
    value = plain["value"]
    for index in [1, 2, 3, 4, 255]:
        refuse_claim(f"index_{index}", {"value": value, "index_mod_4": index})
    refuse_claim("empty", {"value": "", "index_mod_4": 0})
    refuse_claim("one_character", {"value": "a", "index_mod_4": 0})
    refuse_claim("padded", {"value": value + "=", "index_mod_4": 0})
    refuse_claim("standard_alphabet", {"value": "+" + value[1:], "index_mod_4": 0})
    refuse_claim("space", {"value": value[:-1] + " ", "index_mod_4": 0})
    refuse_claim("cut", {"value": value[:-3], "index_mod_4": 0})
    refuse_claim("no_end", fragment(b"", b'"iss":"https://id.twitch.tv/oauth2"'))
    refuse_claim("other_end", fragment(b"", b'"iss":"https://id.twitch.tv/oauth2"]'))
    refuse_claim("other_claim", claim("https://id.twitch.tv/oauth2", name="sub"))
    refuse_claim("upper_name", claim("https://id.twitch.tv/oauth2", name="ISS"))
    refuse_claim("number", fragment(b"", b'"iss":17,'))
    refuse_claim("null", fragment(b"", b'"iss":null,'))
    refuse_claim("twice", fragment(b"", b'"iss":"https://a.example","iss":"https://b.example",'))
    refuse_claim("two_claims", fragment(b"", b'"sub":"1","iss":"https://a.example",'))
    refuse_claim("empty_string", claim(""))
    refuse_claim("256_bytes", claim("https://" + "a" * 248))
    refuse_claim("not_utf8", fragment(b"", b'"iss":"https://\xff.example",'))
    refuse_claim("not_json", fragment(b"", b"iss=https://a.example,"))
    refuse_claim("closing_brace_early", fragment(b"", b'"iss":"https://a.example"},"x":{}}'))


def _header(refuse) -> None:
    def refuse_header(name: str, text: str) -> None:
        changed = inputs()
        changed["header_base64"] = text
        refuse(f"header_{name}", wrap(changed, ephemeral(DIGEST)), "zklogin_header")

    fine = inputs()["header_base64"]
    refuse_header("empty", "")
    refuse_header("padded", fine + "=")
    refuse_header("not_base64", "!" + fine[1:])
    refuse_header("not_json", b64url(b"alg=RS256"))
    refuse_header("array", header('["RS256"]'))
    refuse_header("alg_none", header({"alg": "none", "kid": "1"}))
    refuse_header("alg_hs256", header({"alg": "HS256", "kid": "1"}))
    refuse_header("alg_missing", header({"kid": "1"}))
    refuse_header("kid_missing", header({"alg": "RS256"}))
    refuse_header("kid_number", header({"alg": "RS256", "kid": 1}))
    refuse_header("typ_number", header({"alg": "RS256", "kid": "1", "typ": 1}))
    refuse_header("alg_twice", header('{"alg":"RS256","kid":"1","alg":"RS256"}'))


def _ephemeral(refuse) -> None:
    def refuse_user(name: str, user: bytes, reason: str) -> None:
        refuse(f"ephemeral_{name}", wrap(inputs(), user), reason)

    user = ephemeral(DIGEST)
    for flag in [MULTISIG, 4, ZKLOGIN, 6, 7, 0xFF]:
        refuse_user(f"flag_{flag:02x}", bytes([flag]) + user[1:], "zklogin_ephemeral_scheme")
    refuse_user("zklogin_inside", good(DIGEST), "zklogin_ephemeral_scheme")
    refuse_user("empty", b"", "wrong_length")
    refuse_user("short", user[:-1], "wrong_length")
    refuse_user("long", user + b"\0", "wrong_length")
    refuse_user("one_bit", flip(user, 30), "signature_mismatch")
    refuse_user("other_message", ephemeral(message_digest(b"other")), "signature_mismatch")
    refuse_user("transaction_intent", ephemeral(transaction_digest(MESSAGE)),
                "signature_mismatch")
    refuse_user("small_order", bytes([ED25519, 1]) + bytes(95), "small_order_key")
    for flag in [SECP256K1, SECP256R1]:
        key = Key(flag, "ephemeral")
        r, s = split(key.sign(DIGEST))
        refuse_user(f"{key.scheme}_high_s", key.wrap(join(r, ORDERS[flag] - s)), "high_s")


def _bytes(refuse) -> None:
    whole = good(DIGEST)
    refuse("address_other_seed", good(DIGEST, 7), "address_mismatch")
    refuse("address_of_ephemeral", whole, "address_mismatch",
           hex_address(blake2b_256(b"\0" + ephemeral(DIGEST)[65:])))
    google = inputs()
    google["iss_base64_details"] = claim("accounts.google.com")
    refuse("address_google_not_normal", wrap(google, ephemeral(DIGEST)), "address_mismatch",
           zklogin_address(iss="accounts.google.com"))
    refuse("address_seed_cut", good(DIGEST, 2**200), "address_mismatch",
           hex_address(blake2b_256(bytes([ZKLOGIN]) + identifier(seed=2**200)[:-1])))
    refuse("trailing_byte", whole + b"\0", "trailing_bytes")
    refuse("one_short", whole[:-1], "bcs_invalid")
    refuse("half", whole[: len(whole) // 2], "bcs_invalid")
    refuse("no_user_signature", whole[:-98], "bcs_invalid")
    refuse("count_two_bytes", whole[:1] + b"\x83\0" + whole[2:], "uleb_not_canonical")
    refuse("count_4294967295", whole[:1] + b"\xff\xff\xff\xff\x0f", "zklogin_proof_shape")
    refuse("string_4294967295", whole[:2] + b"\xff\xff\xff\xff\x0f" + whole[3:], "bcs_invalid")
    refuse("string_not_utf8", whole[:3] + b"\xff" + whole[4:], "bcs_invalid")


def published_signatures() -> list[bytes]:
    return [unb64(item["signature_base64"]) for item in published()["signatures"]]
