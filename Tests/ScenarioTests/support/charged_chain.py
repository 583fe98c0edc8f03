"""A simulated chain with customers' wallets, and their accounts in an escrow of ours."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from support.programs import GAS_COIN, Program
from support.simulated_node import SUI, Refused, Signed, SimulatedNode
from support.transactions import raw_address, u64
from support.waiting import until
from support.wallet import Ed25519Wallet, vector

MIST_OF_WALLET = 10_000_000_000
MIST_OF_CHARGER = 200_000_000_000
FLOAT_OF_CHARGER = 1_000_000_000
LAST_EPOCH = 1_000_000  # Customers' transactions never expire here.


@dataclass
class Account:
    """A customer's escrow account on chain; `version` is the one since which it is shared."""

    wallet: Ed25519Wallet
    customer: int
    identifier: str
    version: int

    @property
    def raw(self) -> bytes:
        return raw_address(self.identifier)


class ChargedChain:
    """One node; whoever is given a wallet can pay gas."""

    def __init__(self, directory: Path, seed: int, options: tuple[str, ...]) -> None:
        self.node = SimulatedNode(directory, "--seed", str(seed), *options).start()
        self.info = self.node.control("info")
        self.usdc, self.package = self.info["usdcType"], self.info["escrowPackage"]
        self.operator = self._shared(self.info["operatorId"])
        self._gas: dict[str, str] = {}
        self.fund_charger()

    def fund_charger(self) -> None:
        """Gas in one coin, and what refunds are paid from in some."""
        charger = self.info["charger"]
        self.mint(charger, SUI, MIST_OF_CHARGER)
        for _ in range(4):
            self.mint(charger, self.usdc, FLOAT_OF_CHARGER // 4)

    def pause(self, paused: bool) -> None:
        """The issuer lets nobody use its coin, or lets all."""
        self.node.control("setDenied", coinType=self.usdc, isPaused=paused)

    def _shared(self, identifier: str) -> tuple[str, int]:
        found = self.node.rpc("sui_getObject", [identifier, {"showOwner": True}])["data"]
        return identifier, found["owner"]["Shared"]["initial_shared_version"]

    def _coin(self, identifier: str) -> dict:
        """By its name a node knows it at once."""
        found = self.patiently(lambda: self.node.rpc("sui_getObject", [identifier])["data"])
        return {"coinObjectId": identifier, **found}

    def mint(self, address: str, coin_type: str, amount: int) -> str:
        return self.node.control(
            "mint", address=address, coinType=coin_type, amount=amount)["coinObjectId"]

    def wallet(self) -> Ed25519Wallet:
        """A new one, with a coin to pay gas from."""
        wallet = Ed25519Wallet()
        self._gas[wallet.address] = self.mint(wallet.address, SUI, MIST_OF_WALLET)
        return wallet

    def patiently(self, ask: Callable[[], object], within: float = 20) -> object:
        """Asks again while the node is faulty. For questions, and for bytes that are the same."""
        errors: list[Exception] = []

        def answers() -> list[object]:
            try:
                return [ask()]
            except (httpx.HTTPError, ValueError, KeyError) as error:
                errors.append(error)
                return []
        try:
            return until(answers, within, what="the node answers")[0]
        except AssertionError:
            raise AssertionError(f"the node does not answer: {errors[-1]!r}") from errors[-1]

    def run(self, wallet: Ed25519Wallet, program: Program) -> dict | None:
        """Executes; the transaction, or None where the node refuses it or it fails."""
        for _ in range(20):
            gas = self._coin(self._gas[wallet.address])
            signed = Signed(wallet, program.finish(wallet.address, gas, LAST_EPOCH))
            try:
                done = self.patiently(lambda: self.node.rpc(
                    "sui_executeTransactionBlock",
                    [signed.text, [signed.signature], {"showEffects": True},
                     "WaitForEffectsCert"], timeout=2))
            except Refused:  # A stale read told of an old gas coin, or another took it.
                if self.patiently(lambda: [self.node.has(signed.digest, "json-rpc")])[0]:
                    raise
                continue
            return done if done["effects"]["status"]["status"] == "success" else None
        return None

    # Accounts

    def _open(
        self, program: Program, wallet: Ed25519Wallet, operator: tuple[str, int], balance: int,
        limit: int,
    ) -> tuple[str, int]:
        program.call(
            self.package, "open", [self.usdc], program.shared(*operator, mutable=False),
            program.pure(u64(limit)), self._payment(program, wallet, balance), program.clock())
        done = self.run(wallet, program)
        assert done is not None
        [opened] = [one for one in done["effects"]["created"] if "Shared" in one["owner"]]
        return (opened["reference"]["objectId"],
                opened["owner"]["Shared"]["initial_shared_version"])

    def _payment(self, program: Program, wallet: Ed25519Wallet, amount: int) -> bytes:
        if amount == 0:
            return program.split(GAS_COIN, 0)
        return program.owned(self._coin(self.mint(wallet.address, self.usdc, amount)))

    def deposit(self, account: Account, amount: int) -> bool:
        program = Program()
        program.call(
            self.package, "deposit", [self.usdc],
            program.shared(account.identifier, account.version, mutable=True),
            self._payment(program, account.wallet, amount))
        return self.run(account.wallet, program) is not None

    def withdraw(self, account: Account, amount: int) -> bool:
        """False where the account holds less."""
        program = Program()
        coin = program.call(
            self.package, "withdraw", [self.usdc],
            program.shared(account.identifier, account.version, mutable=True),
            program.pure(u64(amount)))
        program.transfer(coin, account.wallet.address)
        return self.run(account.wallet, program) is not None

    def limit(self, account: Account, limit: int) -> bool:
        """What may be charged in a period; 0 is no limit."""
        program = Program()
        program.call(
            self.package, "set_spending_limit", [self.usdc],
            program.shared(account.identifier, account.version, mutable=True),
            program.pure(u64(limit)), program.clock())
        return self.run(account.wallet, program) is not None

    def forge(self, amount: int, references: list[bytes]) -> Account:
        """A stranger's operator charges the stranger's account with references of ours."""
        wallet = self.wallet()
        address = raw_address(wallet.address)
        program = Program()
        program.call(self.package, "create_operator", [], program.pure(address),
                     program.pure(address))
        done = self.run(wallet, program)
        assert done is not None
        [made] = [one for one in done["effects"]["created"] if "Shared" in one["owner"]]
        operator = (made["reference"]["objectId"],
                    made["owner"]["Shared"]["initial_shared_version"])
        program = Program()
        account = self._open(program, wallet, operator, amount * len(references), 0)
        program = Program()
        for number, reference in enumerate(references, 1):
            shared = program.shared(*operator, mutable=False)
            proceeds = program.call(
                self.package, "charge", [self.usdc], program.shared(*account, mutable=True),
                shared, program.pure(u64(number)), program.pure(u64(amount)),
                program.pure(vector(reference)), program.clock())
            program.call(self.package, "settle", [self.usdc], proceeds, shared)
        assert self.run(wallet, program) is not None
        return Account(wallet, 0, *account)
