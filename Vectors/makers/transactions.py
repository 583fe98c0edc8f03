"""Transactions as pysui writes them, and bytes that are none, each with its refusal."""

import hashlib
import json
import random

from pysui.sui.sui_bcs import bcs

from makers.codec import b64, blake2b_256, byte_vector, string, u64, unb64, vector
from makers.messages import PUBLISHED

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SUI = "0x2::sui::SUI"
USDC = "0xdba34672e30cb065b1f93e3ab55318768fd6fef66c15942c9f7cb846e2f900e7::usdc::USDC"
MAINNET = "4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6S"


class Transactions:
    """One file of transactions; see `makers.cases.Cases`."""

    def __init__(self, about: str, made_by: str):
        self.about = about
        self.made_by = made_by
        self.items: list[dict] = []

    def add(self, id: str, data: bytes, reason: str | None = None) -> None:
        assert all(item["id"] != id for item in self.items), id
        digest = base58(transaction_digest(data)) if reason is None else None
        self.items.append({
            "id": id, "transaction_data_base64": b64(data), "digest": digest,
            "valid": reason is None, "reason": reason,
        })

    def document(self) -> dict:
        return {"about": self.about, "made_by": self.made_by, "cases": self.items}


def base58(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def transaction_digest(data: bytes) -> bytes:
    return blake2b_256(b"TransactionData::" + data)


def check_published() -> None:
    """pysui reads the published bytes, writes them back, and their digests are the published."""
    for case in json.loads((PUBLISHED / "transaction_data.json").read_text())["cases"]:
        data = unb64(case["transaction_data_base64"])
        assert bcs.TransactionData.deserialize(data).serialize() == data, case["id"]
        assert base58(transaction_digest(data)) == case["digest"], case["id"]


# Parts, by name or at random


def address(label: str) -> str:
    return "0x" + hashlib.sha256(f"sluice transactions {label}".encode()).hexdigest()


def reference(label: str, version: int) -> bcs.ObjectReference:
    digest = base58(hashlib.sha256(f"sluice digest {label}".encode()).digest())
    return bcs.ObjectReference(
        bcs.Address.from_str(address(label)), version, bcs.Digest.from_str(digest))


def shared(id: str, version: int, mutable: bool) -> bcs.CallArg:
    object = bcs.SharedObjectReference(bcs.Address.from_str(id), version, mutable)
    return bcs.CallArg("Object", bcs.ObjectArg("SharedObject", object))


def owned(label: str, version: int, kind: str = "ImmOrOwnedObject") -> bcs.CallArg:
    return bcs.CallArg("Object", bcs.ObjectArg(kind, reference(label, version)))


def pure(data: bytes) -> bcs.CallArg:
    return bcs.CallArg("Pure", list(data))


def raw_address(text: str) -> bytes:
    return bytes.fromhex(text[2:].rjust(64, "0"))


def input(index: int) -> bcs.Argument:
    return bcs.Argument("Input", index)


def result(index: int) -> bcs.Argument:
    return bcs.Argument("Result", index)


def nested(index: int, place: int) -> bcs.Argument:
    return bcs.Argument("NestedResult", (index, place))


def type_tag(text: str) -> bcs.TypeTag:
    return bcs.TypeTag.type_tag_from(text)


def call(package, module, function, types, arguments) -> bcs.Command:
    return bcs.Command("MoveCall", bcs.ProgrammableMoveCall(
        bcs.Address.from_str(package), module, function, [type_tag(t) for t in types], arguments))


def funds(amount: int, coin: str, source: str = "SENDER") -> bcs.CallArg:
    return bcs.CallArg("FundsWithdrawal", bcs.FundsWithdrawal(
        bcs.Reservation("Amount", amount), bcs.WithdrawalType("Balance", type_tag(coin)),
        bcs.WithdrawFrom(source)))


def window(first: int, last: int, nonce: int) -> bcs.TransactionExpiration:
    return bcs.TransactionExpiration("ValidDuring", bcs.ValidDuring(
        bcs.O64(first), bcs.O64(last), bcs.O64(None), bcs.O64(None),
        bcs.Digest.from_str(MAINNET), nonce))


def whole(inputs, commands, sender, gas=None, expiration=None) -> bytes:
    gas = gas or bcs.GasData(
        [reference("gas", 7)], bcs.Address.from_str(sender), 1000, 50_000_000)
    expiration = expiration or bcs.TransactionExpiration("Epoch", 901)
    program = bcs.ProgrammableTransaction(inputs, commands)
    data = bcs.TransactionData("V1", bcs.TransactionDataV1(
        bcs.TransactionKind("ProgrammableTransaction", program), bcs.Address.from_str(sender),
        gas, expiration)).serialize()
    assert bcs.TransactionData.deserialize(data).serialize() == data
    return data


# The calls of the escrow contract: the tests build the same ones and compare bytes

PACKAGE, OPERATOR = address("package"), address("operator")
OWNER, CHARGER, TREASURY = address("owner"), address("charger"), address("treasury")
CLOCK = "0x6"


def escrow_call(function, arguments, types=(USDC,)):
    return call(PACKAGE, "account", function, types, arguments)


def reference_bytes(label: str) -> bytes:
    return hashlib.sha256(f"sluice reference {label}".encode()).digest()


def escrow() -> Transactions:
    made = Transactions("calls of the escrow contract", "pysui")
    account = [address(f"account {n}") for n in range(4)]
    made.add("open", whole(
        [owned("coin 0", 11), owned("coin 1", 12), pure(u64(25_000_000)),
         shared(OPERATOR, 5, False), pure(u64(100_000_000)), shared(CLOCK, 1, False)],
        [bcs.Command("MergeCoins", bcs.MergeCoins(input(0), [input(1)])),
         bcs.Command("SplitCoin", bcs.SplitCoin(input(0), [input(2)])),
         escrow_call("open", [input(3), input(4), nested(1, 0), input(5)])], OWNER))
    made.add("deposit", whole(
        [owned("coin 0", 11), funds(4_000_000, USDC), shared(account[0], 21, True)],
        [call("0x2", "coin", "redeem_funds", [USDC], [input(1)]),
         bcs.Command("MergeCoins", bcs.MergeCoins(input(0), [result(0)])),
         escrow_call("deposit", [input(2), input(0)])], OWNER,
        gas=bcs.GasData([], bcs.Address.from_str(OWNER), 1000, 50_000_000),
        expiration=window(900, 901, 77)))
    made.add("receive", whole(
        [shared(account[0], 21, True), owned("stray", 31, "Receiving")],
        [escrow_call("receive", [input(0), input(1)])], OWNER))
    made.add("withdraw", whole(
        [shared(account[0], 21, True), pure(u64(1_500_000)), pure(raw_address(OWNER))],
        [escrow_call("withdraw", [input(0), input(1)]),
         bcs.Command("TransferObjects", bcs.TransferObjects([result(0)], input(2)))], OWNER))
    made.add("set_spending_limit", whole(
        [shared(account[0], 21, True), pure(u64(0)), shared(CLOCK, 1, False)],
        [escrow_call("set_spending_limit", [input(0), input(1), input(2)])], OWNER))
    made.add("charge_batch", _batch(account))
    made.add("cancel", whole(
        [shared(account[1], 22, True), shared(OPERATOR, 5, False), pure(u64(9)),
         pure(byte_vector(reference_bytes("cancel")))],
        [escrow_call("cancel", [input(n) for n in range(4)])], CHARGER))
    made.add("refund", whole(
        [owned("float", 41), pure(u64(750_000)), shared(account[1], 22, True),
         shared(OPERATOR, 5, False), pure(u64(10)), pure(byte_vector(reference_bytes("refund")))],
        [bcs.Command("SplitCoin", bcs.SplitCoin(input(0), [input(1)])),
         escrow_call("refund", [input(2), input(3), input(4), nested(0, 0), input(5)])],
        CHARGER))
    made.add("create_operator", whole(
        [pure(raw_address(CHARGER)), pure(raw_address(TREASURY))],
        [escrow_call("create_operator", [input(0), input(1)], ())], OWNER))
    made.add("rotate_charger", whole(
        [owned("cap", 51), shared(OPERATOR, 5, True), pure(raw_address(OWNER))],
        [escrow_call("rotate_charger", [input(0), input(1), input(2)], ())], OWNER))
    return made


def _batch(account: list[str]) -> bytes:
    """Three charges; the first and the third of one amount, which is then one input."""
    inputs = [shared(account[0], 21, True), shared(OPERATOR, 5, False), pure(u64(1)),
              pure(u64(1_500_000)), pure(byte_vector(reference_bytes("0"))),
              shared(CLOCK, 1, False),
              shared(account[1], 22, True), pure(u64(8)), pure(u64(2)),
              pure(byte_vector(reference_bytes("1"))),
              shared(account[2], 23, True), pure(byte_vector(reference_bytes("2")))]
    charges = [(0, 2, 3, 4), (6, 7, 8, 9), (10, 2, 3, 11)]
    commands = [escrow_call("charge", [
        input(a), input(1), input(s), input(m), input(r), input(5)]) for a, s, m, r in charges]
    commands += [escrow_call("join", [result(0), result(1)]),
                 escrow_call("join", [result(0), result(2)]),
                 escrow_call("settle", [result(0), input(1)])]
    return whole(inputs, commands, CHARGER)


# At random


def random_transactions() -> Transactions:
    made = Transactions("transactions of every shape that pysui writes", "pysui")
    chance = random.Random("sluice transactions")
    for number in range(60):
        made.add(f"random.{number}", _random(chance, number))
    return made


def _random(chance: random.Random, number: int) -> bytes:
    types = [SUI, USDC, "bool", "u8", "u64", "u128", "u256", "u16", "u32",
             f"0x2::coin::Coin<{USDC}>", f"0x2::table::Table<{SUI},{USDC}>",
             f"0x2::coin::Coin<0x2::coin::Coin<{SUI}>>"]

    def argument():
        return chance.choice([
            bcs.Argument("GasCoin"), input(chance.randrange(65536)),
            result(chance.randrange(200)), nested(chance.randrange(300), chance.randrange(300))])

    def arguments():
        return [argument() for _ in range(chance.randrange(5))]

    def one_input():
        label, version = f"random {chance.randrange(10**9)}", chance.randrange(2**64)
        return chance.choice([
            lambda: pure(chance.randbytes(chance.randrange(300))),
            lambda: owned(label, version), lambda: owned(label, version, "Receiving"),
            lambda: shared(address(label), version, chance.random() < 0.5),
            lambda: funds(version, chance.choice(types[:2]), chance.choice(["SENDER", "SPONSOR"])),
        ])()

    def addresses():
        return [bcs.Address.from_str(address(str(chance.random()))) for _ in range(2)]

    def modules():
        return [list(chance.randbytes(chance.randrange(200))) for _ in range(2)]

    def command():
        return chance.choice([
            lambda: call(address(str(chance.random())), "some_module", "do_it",
                         chance.sample(types, chance.randrange(4)), arguments()),
            lambda: bcs.Command("TransferObjects", bcs.TransferObjects(arguments(), argument())),
            lambda: bcs.Command("SplitCoin", bcs.SplitCoin(argument(), arguments())),
            lambda: bcs.Command("MergeCoins", bcs.MergeCoins(argument(), arguments())),
            lambda: bcs.Command("Publish", bcs.Publish(modules(), addresses())),
            lambda: bcs.Command("MakeMoveVec", bcs.MakeMoveVec(bcs.OptionalTypeTag(
                chance.choice([None, type_tag(chance.choice(types))])), arguments())),
            lambda: bcs.Command("Upgrade", bcs.Upgrade(
                modules(), addresses(), addresses()[0], argument())),
        ])()

    sender = address(f"sender {number}")
    gas = bcs.GasData(
        [reference(f"gas {chance.random()}", chance.randrange(2**64))
         for _ in range(chance.randrange(4))],
        bcs.Address.from_str(chance.choice([sender, address("sponsor")])),
        chance.randrange(2**64), chance.randrange(2**64))
    expiration = chance.choice([
        lambda: bcs.TransactionExpiration("None"),
        lambda: bcs.TransactionExpiration("Epoch", chance.randrange(2**64)),
        lambda: window(chance.randrange(1000), chance.randrange(1000), chance.randrange(2**32)),
    ])()
    return whole(
        [one_input() for _ in range(chance.randrange(8))],
        [command() for _ in range(chance.randrange(6))], sender, gas, expiration)


# Refusals, assembled

ADDRESS = bytes(31) + b"\x02"
DIGEST = byte_vector(bytes(32))
GAS = vector([]) + ADDRESS + u64(1000) + u64(5000)


def assembled(inputs=(), commands=(), expiration=b"\0", kind=b"\0", version=b"\0", gas=GAS):
    return (version + kind + vector(list(inputs)) + vector(list(commands)) + ADDRESS + gas
            + expiration)


def move_call(types=(), module="m", function="f", arguments=()):
    return (b"\0" + ADDRESS + string(module) + string(function) + vector(list(types))
            + vector(list(arguments)))


def refusals() -> Transactions:
    made = Transactions("bytes that are no transaction, or none that a user signs", "assembled")

    def unknown(name: str, type: str, index: int, data: bytes) -> None:
        made.add(name, data, f"variant {index} of {type} is not known")

    made.add("smallest", assembled())
    unknown("version", "TransactionData", 1, assembled(version=b"\x01"))
    unknown("kind", "TransactionKind", 11, assembled(kind=b"\x0b"))
    for index, kind in enumerate([
            "ChangeEpoch", "Genesis", "ConsensusCommitPrologue", "AuthenticatorStateUpdate",
            "EndOfEpochTransaction", "RandomnessStateUpdate", "ConsensusCommitPrologueV2",
            "ConsensusCommitPrologueV3", "ConsensusCommitPrologueV4",
            "ProgrammableSystemTransaction"]):
        made.add(f"system.{kind}", assembled(kind=bytes([index + 1])),
                 f"a system transaction: {kind}")
    unknown("input", "CallArg", 3, assembled([b"\x03"]))
    unknown("object", "ObjectArg", 3, assembled([b"\x01\x03" + bytes(80)]))
    unknown("mutability", "SharedObjectMutability", 3,
            assembled([b"\x01\x01" + ADDRESS + u64(1) + b"\x03"]))
    unknown("reservation", "Reservation", 1, assembled([b"\x02\x01" + u64(1)]))
    unknown("withdrawal_type", "WithdrawalType", 1, assembled([b"\x02\0" + u64(1) + b"\x01"]))
    unknown("withdraw_from", "WithdrawFrom", 3,
            assembled([b"\x02\0" + u64(1) + b"\0\x02\x03"]))
    unknown("command", "Command", 7, assembled(commands=[b"\x07"]))
    unknown("argument", "Argument", 4, assembled(commands=[b"\x02\x04\0"]))
    unknown("type_tag", "TypeTag", 11, assembled(commands=[move_call([b"\x0b"])]))
    unknown("expiration", "TransactionExpiration", 4, assembled(expiration=b"\x04"))
    unknown("variant_of_two_bytes", "Command", 128, assembled(commands=[b"\x80\x01"]))
    identifier = "a name is no Move identifier"
    for name, module in [("empty", ""), ("digit", "1a"), ("underscore", "_"), ("colon", "a::b"),
                         ("blank", "a b"), ("line", "a\n"), ("accent", "é"), ("long", "a" * 129)]:
        made.add(f"module.{name}", assembled(commands=[move_call(module=module)]), identifier)
        made.add(f"function.{name}", assembled(commands=[move_call(function=module)]), identifier)
    for depth in [16, 17, 500, 20000]:
        data = assembled(commands=[move_call([b"\x06" * (depth - 1) + b"\x01"])])
        made.add(f"type_depth.{depth}", data,
                 None if depth == 16 else "a type is nested deeper than 16")
    inner = b"\x01"
    for _ in range(16):
        inner = b"\x07" + ADDRESS + string("m") + string("T") + vector([inner])
    made.add("struct_depth.17", assembled(commands=[move_call([inner])]),
             "a type is nested deeper than 16")
    for count in [0, 31, 33]:
        bad = vector([ADDRESS + u64(1) + byte_vector(bytes(count))]) + ADDRESS + u64(1) + u64(1)
        made.add(f"digest.{count}", assembled(gas=bad), f"a digest of {count} bytes instead of 32")
    _bad_bcs(made)
    return made


def _bad_bcs(made: Transactions) -> None:
    good = assembled()
    made.add("trailing", good + b"\0", "the bytes are not BCS: trailingBytes(1)")
    made.add("empty", b"", "the bytes are not BCS: endOfInput")
    made.add("cut", good[:-1], "the bytes are not BCS: endOfInput")
    not_shortest = "the bytes are not BCS: ulebNotCanonical"
    made.add("uleb.version", b"\x80\0" + good[1:], not_shortest)
    made.add("uleb.inputs", b"\0\0\x80\0" + good[3:], not_shortest)
    made.add("uleb.pure", assembled([b"\0\x81\0\x07"]), not_shortest)
    made.add("uleb.large", b"\0\0\xff\xff\xff\xff\x1f", "the bytes are not BCS: ulebTooLarge")
    made.add("length.inputs", b"\0\0\xff\xff\xff\xff\x0f",
             "the bytes are not BCS: lengthExceedsInput(length: 4294967295, remaining: 0)")
    made.add("length.pure", b"\0\0\x01\0\xff\xff\x03\0",
             "the bytes are not BCS: lengthExceedsInput(length: 65535, remaining: 1)")
    made.add("option", assembled(commands=[b"\x05\x02"]), "the bytes are not BCS: invalidBool(2)")
    made.add("utf8", assembled(commands=[b"\0" + ADDRESS + b"\x01\xff"]),
             "the bytes are not BCS: invalidUTF8")
    validity = b"\x03\0\0\0\0" + DIGEST + b"\x01\0\0\0"
    made.add("validity", assembled(expiration=validity + b"\0"))
    made.add("validity.proposers",
             assembled(expiration=validity + b"\x01" + u64(5) + vector([bytes(4), bytes(4)])))
    made.add("allowance", assembled([b"\x02\0" + u64(1) + b"\0\x02\x02" + ADDRESS + ADDRESS]))
    made.add("non_exclusive_write", assembled([b"\x01\x01" + ADDRESS + u64(1) + b"\x02"]))
