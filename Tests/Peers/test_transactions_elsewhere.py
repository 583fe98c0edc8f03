"""Transactions as pysui reads, writes and signs them, beside ours: the same bytes, the same digests,
and each takes what the other signed."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import nacl.signing
import pytest
from pysui.abstracts.client_keypair import SignatureScheme
from pysui.sui.sui_bcs import bcs
from pysui.sui.sui_crypto import MultiSig, SuiKeyPair, create_new_keypair

from support.binary import bare_environment, run
from support.charging import Escrow
from support.cluster import Cluster
from support.escrow import Customer, EscrowChain
from support.gateway import Fleet, Gateway
from support.simulated_node import SUI
from support.transactions import raw_address, u64
from support.waiting import until
from support.wallet import blake2b

USDC = 1_000_000
SCHEMES = [SignatureScheme.ED25519, SignatureScheme.SECP256K1, SignatureScheme.SECP256R1]


# What pysui makes of bytes

def read(text: str) -> bcs.TransactionDataV1:
    """The transaction, which pysui writes back as it was."""
    content = base64.b64decode(text, validate=True)
    whole = bcs.TransactionData.deserialize(content)
    assert whole.serialize() == content
    return whole.value


def digest(content: bytes) -> str:
    return bcs.Digest.from_bytes(blake2b(b"TransactionData::" + content)).to_digest_str()


def address(value: bcs.Address) -> str:
    return "0x" + bytes(value.Address).hex()


def commands(data: bcs.TransactionDataV1) -> list[str]:
    """Functions of Move by name; other commands by kind."""
    found = []
    for command in data.TransactionKind.value.Command:
        call = command.value
        found.append(f"{call.Module}::{call.Function}" if command.enum_name == "MoveCall"
                     else command.enum_name)
    return found


def inputs(data: bcs.TransactionDataV1) -> list[bcs.CallArg]:
    return data.TransactionKind.value.Inputs


def amounts(data: bcs.TransactionDataV1) -> list[int]:
    return [int.from_bytes(bytes(one.value), "little") for one in inputs(data)
            if one.enum_name == "Pure" and len(one.value) == 8]


# Wallets of pysui's

@dataclass
class PeerWallet:
    """One key of pysui's, or several as a multisig."""

    scheme: str
    keys: list[SuiKeyPair]

    def __post_init__(self) -> None:
        if len(self.keys) > 1:
            self._multisig = MultiSig(self.keys, [1] * len(self.keys), 2)
            self.address = self._multisig.address
        else:
            public = self.keys[0].public_key
            self.address = "0x" + blake2b(
                bytes([int(public.scheme)]) + public.key_bytes).hex()

    def sign(self, message: bytes) -> str:
        text = base64.b64encode(message).decode()
        if len(self.keys) == 1:
            return self.keys[0].sign_personal_message(text)
        keys = self.keys[1:]
        return self._multisig.signature_from(
            [key.public_key for key in keys], [key.sign_personal_message(text) for key in keys])

    def sign_transaction(self, transaction: bytes) -> str:
        text = base64.b64encode(transaction).decode()
        if len(self.keys) == 1:
            return self.keys[0].new_sign_secure(text)
        return self._multisig.sign(text, [key.public_key for key in self.keys[1:]])


def peers() -> list[PeerWallet]:
    keys = [create_new_keypair(scheme)[1] for scheme in SCHEMES]
    return [PeerWallet(str(key.scheme), [key]) for key in keys] + [PeerWallet("multisig", keys)]


# The stage

@pytest.fixture(scope="module")
def gateway(shared_fleet: Fleet, chain: EscrowChain) -> Iterator[Gateway]:
    gateway = shared_fleet.start(**chain.settings("graphql"))
    yield gateway
    shared_fleet.end(gateway)


def customer(gateway: Gateway, chain: EscrowChain, wallet: PeerWallet) -> Customer:
    chain.mint_sui(wallet.address, 1_000_000_000)
    for _ in range(3):
        chain.mint(wallet.address, 10 * USDC)
    return Customer(gateway, wallet)


# From us to them

@pytest.mark.parametrize("wallet", peers(), ids=lambda wallet: wallet.scheme)
def test_what_is_handed_out_is_read_and_signed_by_them_and_runs(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet, wallet: PeerWallet
) -> None:
    somebody = customer(gateway, chain, wallet)
    for kind, wishes, calls, numbers in [
        ("open", {"amount": str(25 * USDC), "limit": "7"},
         ["MergeCoins", "SplitCoin", "account::open"], [25 * USDC, 7]),
        ("deposit", {"amount": "3"}, ["SplitCoin", "account::deposit"], [3]),
        ("set_spending_limit", {"limit": "0"}, ["account::set_spending_limit"], [0]),
        ("withdraw", {"amount": str(USDC)}, ["account::withdraw", "TransferObjects"], [USDC]),
    ]:
        built = somebody.ask(kind, **wishes).expect(201).body
        data = read(built["txBytes"])
        assert digest(base64.b64decode(built["txBytes"])) == built["digest"]
        assert address(data.Sender) == address(data.GasData.Owner) == wallet.address
        assert commands(data) == calls and amounts(data) == numbers
        assert data.TransactionExpiration.enum_name == "Epoch"
        assert data.TransactionExpiration.value == built["expiresAtEpoch"]
        assert somebody.submit(built).expect(202).body["state"] == "executed"
        chain.book(shared_fleet, built["digest"])
    assert somebody.balance()["balanceMicroUsdc"] == str(24 * USDC + 3)


def test_what_pays_from_the_address_balance_is_read_by_them(
    gateway: Gateway, chain: EscrowChain
) -> None:
    [wallet, *_] = peers()
    for coin, amount in ((SUI, 1_000_000_000), (chain.info["usdcType"], 30 * USDC)):
        chain.control(
            "mint", address=wallet.address, coinType=coin, amount=amount, into="balance")
    somebody = Customer(gateway, wallet)
    built = somebody.ask("open", amount=str(30 * USDC), limit="0").expect(201).body
    data = read(built["txBytes"])
    assert digest(base64.b64decode(built["txBytes"])) == built["digest"]
    assert data.GasData.Payment == []
    assert data.TransactionExpiration.enum_name == "ValidDuring"
    assert [one.enum_name for one in inputs(data)][0] == "FundsWithdrawal"
    assert "coin::redeem_funds" in commands(data) and "account::open" in commands(data)
    assert somebody.submit(built).expect(202).body["state"] == "executed"


def test_what_the_engine_signs_is_read_by_them_and_carries_the_chargers_signature(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    escrow = Escrow(tmp_path_factory.mktemp("escrow"), cluster, template)
    try:
        escrow.manager("graphql")
        accounts = [escrow.open(USDC) for _ in range(3)]
        escrow.known(accounts)
        charges = [escrow.charge(account, 1000 + place) for place, account in enumerate(accounts)]
        until(lambda: escrow.states(charges) == {"settled"}, within=30, what="charges settle")
        refund = escrow.refund(charges[0], 400)
        until(lambda: escrow.states([refund]) == {"settled"}, within=30, what="a refund settles")
        seen = set()
        for purpose, named, content, signature in escrow.ask(
            "SELECT purpose, digest, bytes, signature FROM charge_batches"
        ):
            data = read(base64.b64encode(content).decode())
            assert blake2b(b"TransactionData::" + content) == named
            assert address(data.Sender) == escrow.info["charger"]
            calls = [name for name in commands(data) if name.startswith("account::")]
            wanted = {"charge": {"account::charge", "account::join", "account::settle"},
                      "refund": {"account::refund"}, "maintenance": set()}[purpose]
            assert set(calls) <= wanted and (not wanted or f"account::{purpose}" in calls)
            seen.add(purpose)
            assert signature[0] == 0 and len(signature) == 97
            assert "0x" + blake2b(b"\0" + signature[65:]).hex() == escrow.info["charger"]
            nacl.signing.VerifyKey(signature[65:]).verify(
                blake2b(b"\0\0\0" + content), signature[1:65])
        assert seen >= {"charge", "refund"}
    finally:
        escrow.close()


# From them to us

def elsewhere(chain: EscrowChain, wallet: PeerWallet, account: str, amount: int) -> bytes:
    """A deposit that pysui writes: nothing of ours has a part in it."""
    info = chain.info
    usdc = chain.rpc("suix_getCoins", [wallet.address, info["usdcType"], None, 50])["data"][0]
    gas = chain.rpc("suix_getCoins", [wallet.address, SUI, None, 50])["data"][0]
    owner = chain.rpc("sui_getObject", [account, {"showOwner": True}])["data"]["owner"]
    shared = bcs.SharedObjectReference(
        bcs.Address.from_str(account), int(owner["Shared"]["initial_shared_version"]), True)

    def reference(coin: dict) -> bcs.ObjectReference:
        return bcs.ObjectReference(
            bcs.Address.from_str(coin["coinObjectId"]), int(coin["version"]),
            bcs.Digest.from_str(coin["digest"]))
    program = bcs.ProgrammableTransaction(
        [bcs.CallArg("Object", bcs.ObjectArg("ImmOrOwnedObject", reference(usdc))),
         bcs.CallArg("Pure", list(u64(amount))),
         bcs.CallArg("Object", bcs.ObjectArg("SharedObject", shared))],
        [bcs.Command("SplitCoin", bcs.SplitCoin(
            bcs.Argument("Input", 0), [bcs.Argument("Input", 1)])),
         bcs.Command("MoveCall", bcs.ProgrammableMoveCall(
             bcs.Address.from_str(info["escrowPackage"]), "account", "deposit",
             [bcs.TypeTag.type_tag_from(info["usdcType"])],
             [bcs.Argument("Input", 2), bcs.Argument("NestedResult", (0, 0))]))])
    sender = bcs.Address.from_str(wallet.address)
    return bcs.TransactionData("V1", bcs.TransactionDataV1(
        bcs.TransactionKind("ProgrammableTransaction", program), sender,
        bcs.GasData([reference(gas)], sender, 1000, 50_000_000),
        bcs.TransactionExpiration("None"))).serialize()


@pytest.mark.parametrize("wallet", peers(), ids=lambda wallet: wallet.scheme)
def test_what_they_write_and_sign_is_read_here_runs_and_is_found(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet, wallet: PeerWallet, tmp_path
) -> None:
    somebody = customer(gateway, chain, wallet)
    chain.book(shared_fleet, somebody.do("open", amount="1", limit="0"))
    account = somebody.balance()["accountId"]
    content = elsewhere(chain, wallet, account, 4321)
    text = base64.b64encode(content).decode()
    decoded = run("decode", "transaction", text, environment=bare_environment(tmp_path))
    assert decoded.returncode == 0, decoded.stderr
    told = json.loads(decoded.stdout)
    assert told["digest"] == digest(content)
    assert "deposit" in decoded.stdout and raw_address(account).hex() in decoded.stdout
    chain.rpc("sui_executeTransactionBlock", [
        text, [wallet.sign_transaction(content)], {"showEffects": True}, "WaitForEffectsCert"])
    path = f"/v1/wallet/transactions/{digest(content)}/watch"
    assert somebody.browser.post(path).expect(202).body["state"] == "executed"
    chain.book(shared_fleet, digest(content))
    assert somebody.browser.post(path).expect(202).body["state"] == "confirmed"
    assert somebody.balance()["balanceMicroUsdc"] == "4322"
