"""Multisig: committees of every kind of member, and each rule broken once."""

import json

from makers import passkey, zklogin
from makers.cases import Cases
from makers.codec import (
    ED25519,
    MULTISIG,
    PASSKEY,
    SECP256K1,
    SECP256R1,
    ZKLOGIN,
    blake2b_256,
    byte_vector,
    flip,
    hex_address,
    message_digest,
    transaction_digest,
    u16,
    uleb,
    unb64,
    vector,
)
from makers.keys import Key, ORDERS, fastcrypto_accepts, join, split
from makers.messages import PUBLISHED, SIGN_IN, transactions

MESSAGE = SIGN_IN
DIGEST = message_digest(MESSAGE)
INDEX = {ED25519: 0, SECP256K1: 1, SECP256R1: 2, ZKLOGIN: 3, PASSKEY: 4}


class Member:
    """A committee member with all it needs to sign. `index` is the BCS enum index."""

    def __init__(self, flag: int, label: str, weight: int = 1):
        self.flag, self.weight, self.index = flag, weight, INDEX[flag]
        if flag == PASSKEY:
            self.key = Key(SECP256R1, f"multisig {label}")
        elif flag != ZKLOGIN:
            self.key = Key(flag, f"multisig {label}")

    def public_bytes(self) -> bytes:
        """As hashed into the address."""
        return zklogin.identifier() if self.flag == ZKLOGIN else self.key.public

    def encoded(self) -> bytes:
        public = self.public_bytes()
        if self.flag == ZKLOGIN:
            public = byte_vector(public)
        return uleb(self.index) + public + bytes([self.weight])

    def signature(self, digest: bytes) -> bytes:
        if self.flag == PASSKEY:
            return uleb(self.index) + byte_vector(passkey.assertion(self.key, digest))
        if self.flag == ZKLOGIN:
            return uleb(self.index) + byte_vector(zklogin.good(digest))
        made = self.key.sign(digest)
        assert fastcrypto_accepts(self.flag, self.key.public, digest, made)
        return uleb(self.index) + made


def member(flag: int, label: str, weight: int = 1) -> Member:
    return Member(flag, label, weight)


def committee_address(members: list[Member], threshold: int) -> str:
    data = bytes([MULTISIG]) + u16(threshold)
    for one in members:
        data += bytes([one.flag]) + one.public_bytes() + bytes([one.weight])
    return hex_address(blake2b_256(data))


def assemble(
    signatures: list[bytes], bitmap: int, members: list[bytes], threshold: int
) -> bytes:
    return (
        bytes([MULTISIG]) + vector(signatures) + u16(bitmap) + vector(members) + u16(threshold)
    )


def multisig(
    members: list[Member], threshold: int, signers: list[int], digest: bytes = DIGEST
) -> bytes:
    return assemble(
        [members[i].signature(digest) for i in signers],
        sum(1 << i for i in signers),
        [one.encoded() for one in members],
        threshold,
    )


def trio() -> list[Member]:
    return [member(ED25519, "a"), member(SECP256K1, "b"), member(SECP256R1, "c")]


def good() -> Cases:
    cases = Cases("good multisig signatures", "assembled; each member's signature as its scheme's")

    def accept(name: str, members: list[Member], threshold: int, signers: list[int]) -> None:
        cases.add(f"multisig.ok.{name}", "multisig", committee_address(members, threshold),
                  multisig(members, threshold, signers), message=MESSAGE)

    three = trio()
    for flag, name in [(ED25519, "ed25519"), (SECP256K1, "secp256k1"),
                       (SECP256R1, "secp256r1"), (PASSKEY, "passkey")]:
        accept(f"one_{name}", [member(flag, "alone")], 1, [0])
    accept("two_of_three.01", three, 2, [0, 1])
    accept("two_of_three.02", three, 2, [0, 2])
    accept("two_of_three.12", three, 2, [1, 2])
    accept("three_of_three", three, 3, [0, 1, 2])
    accept("more_than_needed", three, 1, [0, 1, 2])
    accept("same_scheme", [member(ED25519, str(i)) for i in range(3)], 2, [0, 2])
    accept("with_passkey", [*three, member(PASSKEY, "d")], 3, [0, 2, 3])
    accept("two_passkeys", [member(PASSKEY, "d"), member(PASSKEY, "e")], 2, [0, 1])
    twice = [member(SECP256R1, "same"), member(PASSKEY, "same")]
    accept("one_key_two_kinds", twice, 2, [0, 1])
    ten = [member([ED25519, SECP256K1, SECP256R1, PASSKEY][i % 4], f"ten {i}") for i in range(10)]
    accept("ten_members", ten, 10, list(range(10)))
    accept("last_of_ten", ten, 1, [9])
    heavy = [member(ED25519, f"heavy {i}", 255) for i in range(10)]
    accept("largest_threshold", heavy, 2550, list(range(10)))
    accept("one_heavy", [member(ED25519, "x", 200), *trio()], 200, [0])
    data = next(iter(transactions().values()))
    cases.add("multisig.ok.transaction", "multisig", committee_address(three, 2),
              multisig(three, 2, [0, 2], transaction_digest(data)), transaction=data)
    return cases


def refusals() -> Cases:
    cases = Cases("multisig signatures that break one rule each", "assembled from good parts")
    _rules(cases)
    _signers(cases)
    _bytes(cases)
    return cases


def _refuse(cases: Cases, name: str, address: str, signature: bytes, reason: str) -> None:
    cases.add(f"multisig.{name}", "multisig", address, signature, message=MESSAGE, reason=reason)


def _rules(cases: Cases) -> None:
    """The committee's own rules; every signature in it is good."""

    def refuse(name: str, members: list[Member], threshold: int, signers: list[int],
               reason: str) -> None:
        _refuse(cases, name, committee_address(members, threshold),
                multisig(members, threshold, signers), reason)

    three = trio()
    eleven = [member(ED25519, f"eleven {i}") for i in range(11)]
    refuse("no_member", [], 0, [], "multisig_member_count")
    refuse("no_member_threshold_one", [], 1, [], "multisig_member_count")
    refuse("eleven_members", eleven, 1, [0], "multisig_member_count")
    refuse("eleven_signatures", eleven, 11, list(range(11)), "multisig_signature_count")
    refuse("weight_zero", [*three, member(ED25519, "none", 0)], 2, [0, 1],
           "multisig_weight_zero")
    refuse("weight_zero_signs", [member(ED25519, "none", 0), *three], 1, [0, 1],
           "multisig_weight_zero")
    refuse("threshold_zero", three, 0, [0], "multisig_threshold")
    refuse("threshold_zero_unsigned", three, 0, [], "multisig_threshold")
    refuse("threshold_above_sum", three, 4, [0, 1, 2], "multisig_threshold")
    refuse("threshold_largest", three, 65535, [0, 1, 2], "multisig_threshold")
    double = [member(ED25519, "a"), member(SECP256K1, "b"), member(ED25519, "a")]
    refuse("member_twice", double, 2, [0, 2], "multisig_duplicate_member")
    refuse("member_twice_other_weight", [*double[:2], member(ED25519, "a", 2)], 2, [0, 2],
           "multisig_duplicate_member")
    refuse("passkey_twice", [member(PASSKEY, "d"), member(PASSKEY, "d")], 2, [0, 1],
           "multisig_duplicate_member")
    refuse("one_of_two", three, 2, [1], "multisig_insufficient_weight")
    refuse("none_of_two", three, 2, [], "multisig_insufficient_weight")
    refuse("weight_one_short", [member(ED25519, "a", 100), *trio()[1:]], 102, [0, 2],
           "multisig_insufficient_weight")


def _signers(cases: Cases) -> None:
    """Signatures that are not those which the bitmap promises."""
    three = trio()
    home = committee_address(three, 2)
    encoded = [one.encoded() for one in three]
    signed = [one.signature(DIGEST) for one in three]

    def refuse(name: str, signatures: list[bytes], bitmap: int, reason: str) -> None:
        _refuse(cases, name, home, assemble(signatures, bitmap, encoded, 2), reason)

    refuse("bitmap_empty", signed[:2], 0, "multisig_bitmap")
    refuse("bitmap_one_more", signed[:2], 0b111, "multisig_bitmap")
    refuse("bitmap_one_less", signed[:2], 0b001, "multisig_bitmap")
    refuse("bitmap_outside", signed[:2], 0b1001, "multisig_bitmap")
    refuse("bitmap_top_bit", signed[:2], 0x8001, "multisig_bitmap")
    refuse("bitmap_all", signed, 0xFFFF, "multisig_bitmap")
    refuse("bitmap_other_member", signed[:2], 0b101, "multisig_scheme_mismatch")
    refuse("out_of_order", [signed[1], signed[0]], 0b011, "multisig_scheme_mismatch")
    refuse("signature_twice", [signed[0], signed[0]], 0b011, "multisig_scheme_mismatch")
    refuse("other_index", [b"\1" + signed[0][1:], signed[1]], 0b011, "multisig_scheme_mismatch")
    refuse("one_bad", [flip(signed[0], 10), signed[1]], 0b011, "signature_mismatch")
    refuse("one_bad_of_enough", [*signed[:2], flip(signed[2], 10)], 0b111, "signature_mismatch")
    r, s = split(signed[1][1:])
    high = b"\1" + join(r, ORDERS[SECP256K1] - s)
    refuse("high_s", [signed[0], high], 0b011, "high_s")
    refuse("s_order", [signed[0], b"\1" + join(r, ORDERS[SECP256K1])], 0b011,
           "scalar_not_reduced")

    def refuse_whole(name: str, address: str, signature: bytes, reason: str) -> None:
        _refuse(cases, name, address, signature, reason)

    same = [member(ED25519, "p"), member(ED25519, "q")]
    swapped = [same[1].signature(DIGEST), same[0].signature(DIGEST)]
    refuse_whole("out_of_order_same_scheme", committee_address(same, 2),
                 assemble(swapped, 0b11, [one.encoded() for one in same], 2),
                 "signature_mismatch")
    good_one = multisig(three, 2, [0, 1])
    refuse_whole("address_of_member", three[0].key.address, good_one, "address_mismatch")
    refuse_whole("address_other_threshold", committee_address(three, 1), good_one,
                 "address_mismatch")
    refuse_whole("address_other_order", committee_address(three[::-1], 2), good_one,
                 "address_mismatch")
    refuse_whole("threshold_lowered", home, good_one[:-2] + u16(1), "address_mismatch")
    refuse_whole("transaction_intent", home, multisig(three, 2, [0, 1],
                 transaction_digest(MESSAGE)), "signature_mismatch")
    refuse_whole("other_message", home, multisig(three, 2, [0, 1], message_digest(b"other")),
                 "signature_mismatch")
    weak = member(ED25519, "weak")
    weak.key.public = bytes(32)
    refuse_whole("small_order_member", committee_address([weak], 1),
                 assemble([b"\0\1" + bytes(63)], 1, [weak.encoded()], 1), "small_order_key")
    broken = member(SECP256K1, "broken")
    signature = broken.signature(DIGEST)
    broken.key.public = b"\4" + broken.key.public[1:]
    refuse_whole("member_key_invalid", committee_address([broken], 1),
                 assemble([signature], 1, [broken.encoded()], 1), "invalid_public_key")
    _passkey_members(cases)


def _passkey_members(cases: Cases) -> None:
    one, other = member(PASSKEY, "d"), member(PASSKEY, "e")
    home = committee_address([one], 1)

    def refuse(name: str, inner: bytes, reason: str) -> None:
        signature = uleb(4) + byte_vector(inner)
        _refuse(cases, f"passkey_{name}", home, assemble([signature], 1, [one.encoded()], 1),
                reason)

    inner = passkey.assertion(one.key, DIGEST)
    refuse("other_key", passkey.assertion(other.key, DIGEST), "multisig_member_mismatch")
    refuse("other_digest", passkey.assertion(one.key, message_digest(b"other")),
           "passkey_challenge_mismatch")
    refuse("wrong_type", passkey.assertion(one.key, DIGEST, type="webauthn.create"),
           "passkey_type")
    refuse("no_flag", inner[1:], "multisig_scheme_mismatch")
    refuse("simple_inside", one.key.serialized(DIGEST), "multisig_scheme_mismatch")
    refuse("multisig_inside", multisig(trio(), 2, [0, 1]), "multisig_scheme_mismatch")
    refuse("empty_inside", b"", "multisig_scheme_mismatch")
    refuse("trailing_inside", inner + b"\0", "trailing_bytes")


def _bytes(cases: Cases) -> None:
    """Spellings that are not the one spelling, and lengths that lie."""
    three = trio()
    home = committee_address(three, 2)
    whole = multisig(three, 2, [0, 1])

    def refuse(name: str, changed: bytes, reason: str) -> None:
        _refuse(cases, name, home, changed, reason)

    refuse("trailing_byte", whole + b"\0", "trailing_bytes")
    refuse("twice", whole + whole, "trailing_bytes")
    refuse("one_short", whole[:-1], "bcs_invalid")
    refuse("half", whole[: len(whole) // 2], "bcs_invalid")
    refuse("count_only", whole[:2], "bcs_invalid")
    refuse("count_two_bytes", whole[:1] + b"\x82\0" + whole[2:], "uleb_not_canonical")
    refuse("index_two_bytes", whole[:2] + b"\x80\0" + whole[3:], "uleb_not_canonical")
    refuse("count_six_bytes", whole[:1] + b"\xff\xff\xff\xff\xff\x01", "uleb_not_canonical")
    refuse("count_33_bits", whole[:1] + b"\xff\xff\xff\xff\x1f", "uleb_not_canonical")
    refuse("count_4294967295", whole[:1] + b"\xff\xff\xff\xff\x0f", "multisig_signature_count")
    refuse("index_unknown", whole[:2] + b"\5" + whole[3:], "bcs_invalid")
    refuse("vector_4294967295", whole[:1] + b"\1\4\xff\xff\xff\xff\x0f", "bcs_invalid")
    refuse("members_4294967295", bytes([MULTISIG, 0, 0, 0]) + b"\xff\xff\xff\xff\x0f",
           "multisig_member_count")
    document = json.loads((PUBLISHED / "multisig.json").read_text())
    for number, legacy in enumerate(document["legacy"]):
        refuse(f"legacy.{number}", unb64(legacy["signature_base64"]), "multisig_legacy")


def zklogin_members() -> Cases:
    """Whole to a node: `needs_node` is as far as a local verdict goes."""
    cases = Cases("multisig signatures with a zkLogin member", "assembled from good parts")
    four = [*trio(), member(ZKLOGIN, "")]
    home = committee_address(four, 2)
    encoded = [one.encoded() for one in four]

    def case(name: str, signature: bytes, reason: str, address: str = home) -> None:
        cases.add(f"multisig.zklogin.{name}", "multisig", address, signature, message=MESSAGE,
                  reason=reason)

    case("signs", multisig(four, 2, [0, 3]), "needs_node")
    case("signs_alone", multisig([four[3]], 1, [0]), "needs_node",
         committee_address([four[3]], 1))
    case("does_not_sign", multisig(four, 2, [0, 1]), "needs_node")
    case("other_address", multisig(four, 2, [0, 3]), "address_mismatch", four[0].key.address)
    case("insufficient_weight", multisig(four, 2, [3]), "multisig_insufficient_weight")
    case("simple_member_bad",
         assemble([flip(four[0].signature(DIGEST), 9), four[3].signature(DIGEST)], 0b1001,
                  encoded, 2), "signature_mismatch")
    case("ephemeral_bad", multisig(four, 1, [3], message_digest(b"other")),
         "signature_mismatch", committee_address(four, 1))
    stranger = uleb(3) + byte_vector(zklogin.good(DIGEST, seed=7))
    case("other_identifier", assemble([four[0].signature(DIGEST), stranger], 0b1001, encoded, 2),
         "multisig_member_mismatch")
    wrong = uleb(3) + byte_vector(passkey.assertion(Key(SECP256R1, "multisig d"), DIGEST))
    case("passkey_inside", assemble([four[0].signature(DIGEST), wrong], 0b1001, encoded, 2),
         "multisig_scheme_mismatch")
    for name, identifier in [
        ("short", zklogin.identifier()[:-1]),
        ("long", zklogin.identifier() + b"\0"),
        ("empty", b""),
        ("iss_length", flip(zklogin.identifier(), 0)),
        ("seed_not_reduced", zklogin.identifier()[:-32] + b"\xff" * 32),
    ]:
        changed = uleb(3) + byte_vector(identifier) + b"\1"
        case(f"identifier_{name}",
             assemble([four[0].signature(DIGEST)], 1, [*encoded[:3], changed], 1),
             "zklogin_identifier")
    return cases
