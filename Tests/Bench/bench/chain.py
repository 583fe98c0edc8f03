"""A simulated node whose escrow accounts are opened many at a time."""

import base64
from pathlib import Path

from support.simulated_node import SUI, SimulatedNode
from support.transactions import raw_address, reference, u64
from support.waiting import until
from support.wallet import Ed25519Wallet, blake2b, uleb, vector

# As on the network, roughly: several checkpoints a second, and an index behind them.
OPTIONS = ("--checkpoint-ms", "200", "--index-lag", "1")
ACCOUNTS_AT_ONCE = 200
MIST = 10**15
USDC = 10**15
LAST_EPOCH = 1_000_000
GAS_PRICE, GAS_BUDGET = 1000, 20_000_000_000


class Chain:
    """A node, its charger with gas, and one wallet that opens all accounts."""

    def __init__(self, directory: Path) -> None:
        self.node = SimulatedNode(directory, *OPTIONS).start()
        self.info = self.node.control("info")
        self.coin = self.info["usdcType"]
        self._operator = (self.info["operatorId"], self._shared_version(self.info["operatorId"]))
        self._wallet = self.node.wallet(MIST)
        for address, kind, amount in (
            (self._wallet.address, self.coin, USDC), (self.info["charger"], SUI, 10**12),
        ):
            self.node.control("mint", address=address, coinType=kind, amount=amount)
        self.key_file = directory / "charger.key"
        self.key_file.write_text(self.info["chargerKey"] + "\n")
        self.key_file.chmod(0o600)

    def open_accounts(self, count: int, balance: int) -> None:
        version = 0
        for start in range(0, count, ACCOUNTS_AT_ONCE):
            version = self._open(min(ACCOUNTS_AT_ONCE, count - start), balance, version)

    def _open(self, count: int, balance: int, version: int) -> int:
        """One transaction, once the index knows what the one before left: its coins' version."""
        money, gas = (self._owned(kind, version) for kind in (self.coin, SUI))
        data = self._transaction(money, gas, count, balance)
        signature = base64.b64encode(
            b"\x00" + self._wallet.raw(blake2b(bytes(3) + data)) + self._wallet.public_key)
        done = self.node.rpc(
            "sui_executeTransactionBlock",
            [base64.b64encode(data).decode(), [signature.decode()], {"showEffects": True},
             "WaitForEffectsCert"], timeout=60)
        if done["effects"]["status"]["status"] != "success":
            raise RuntimeError(f"no accounts are opened: {done['effects']['status']}")
        return int(done["effects"]["gasObject"]["reference"]["version"])

    def _transaction(self, money: bytes, gas: bytes, count: int, balance: int) -> bytes:
        """SplitCoins, and `account::open` with each part."""
        operator, operator_version = self._operator
        inputs = [
            b"\x01\x00" + money, _shared(operator, operator_version), _shared("0x6", 1),
            _pure(u64(balance)), _pure(u64(0)),
        ]
        split = b"\x02" + _input(0) + uleb(count) + _input(3) * count
        opening = (b"\x00" + raw_address(self.info["escrowPackage"]) + vector(b"account")
                   + vector(b"open") + uleb(1) + _type(self.coin) + uleb(4) + _input(1) + _input(4))
        calls = [opening + b"\x03\x00\x00" + place.to_bytes(2, "little") + _input(2)
                 for place in range(count)]
        sender = raw_address(self._wallet.address)
        return (b"\x00\x00" + uleb(len(inputs)) + b"".join(inputs)
                + uleb(1 + count) + split + b"".join(calls) + sender
                + uleb(1) + gas + sender + u64(GAS_PRICE) + u64(GAS_BUDGET)
                + b"\x01" + u64(LAST_EPOCH))

    def _owned(self, kind: str, version: int) -> bytes:
        """The wallet's largest coin, as a reference."""
        def find() -> dict | None:
            found = self.node.rpc("suix_getCoins", [self._wallet.address, kind, None, 50])["data"]
            coin = max(found, key=lambda coin: int(coin["balance"]), default=None)
            return coin if coin and int(coin["version"]) >= version else None
        coin = until(find, within=20, what="the index has the transaction")
        return reference(coin)

    def _shared_version(self, identifier: str) -> int:
        [found] = self.node.rpc("sui_multiGetObjects", [[identifier], {"showOwner": True}])
        return int(found["data"]["owner"]["Shared"]["initial_shared_version"])


def _input(place: int) -> bytes:
    return b"\x01" + place.to_bytes(2, "little")


def _pure(value: bytes) -> bytes:
    return b"\x00" + vector(value)


def _shared(identifier: str, version: int) -> bytes:
    """Read, not written."""
    return b"\x01\x01" + raw_address(identifier) + u64(version) + b"\x00"


def _type(name: str) -> bytes:
    package, module, struct = name.split("::")
    return (b"\x07" + raw_address(package) + vector(module.encode()) + vector(struct.encode())
            + uleb(0))
