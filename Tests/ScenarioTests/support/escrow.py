"""Escrow on the simulated chain, and what the follower would have written of it."""

from pathlib import Path

import psycopg

from support.charger import key_file
from support.client import Answer, Browser
from support.gateway import Fleet, Gateway
from support.simulated_node import SUI, SimulatedNode
from support.transactions import base58_bytes, raw_address
from support.wallet import SimpleWallet


class EscrowChain(SimulatedNode):
    """A simulated node, and the settings with which gateways and managers find its contract."""

    SEED = 0

    def __init__(self, directory: Path, *options: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__(directory, "--seed", str(self.SEED), *options)

    @property
    def info(self) -> dict:
        return self.control("info")

    def settings(self, wire: str) -> dict[str, str]:
        info = self.info
        nodes = {"SUI_GRAPHQL_URLS": self.url + "/graphql"} if wire == "graphql" else {
            "SUI_JSON_RPC_URLS": self.url}
        return {
            "SLUICE_CHAIN": "sui:localnet", "SLUICE_CHAIN_IDENTIFIER": info["chain"],
            "SLUICE_ESCROW_PACKAGE": info["escrowPackage"],
            "SLUICE_ESCROW_OPERATOR": info["operatorId"], "SLUICE_ESCROW_COIN": info["usdcType"],
            **nodes}

    def manager_settings(self, wire: str, directory: Path) -> dict[str, str]:
        """With the charger's key, in a file of `directory`."""
        return {**self.settings(wire),
                "SLUICE_CHARGER_KEY_FILE": str(key_file(directory, self.SEED))}

    def mint(self, address: str, amount: int, coin: str | None = None) -> None:
        self.control("mint", address=address, coinType=coin or self.info["usdcType"], amount=amount)

    def mint_sui(self, address: str, amount: int = 1_000_000_000) -> None:
        self.mint(address, amount, SUI)

    def balance(self, address: str, coin: str | None = None) -> int:
        told = self.rpc("suix_getBalance", [address, coin or self.info["usdcType"]])
        return int(told["totalBalance"])

    def events(self, digest: str) -> list[dict]:
        return self.rpc("sui_getEvents", [digest])

    def book(self, fleet: Fleet, digest: str) -> None:
        """Writes the events of a transaction as the follower would have booked them."""
        with psycopg.connect(fleet.database_url) as connection:
            for event in self.events(digest):
                self._book(connection, digest, event)

    @staticmethod
    def _book(connection: psycopg.Connection, digest: str, event: dict) -> None:
        name = event["type"].split("<")[0].rsplit("::", 1)[1]
        told = event["parsedJson"]
        account = raw_address(told["account"])
        if name == "AccountOpened":
            connection.execute(
                "INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, "
                "is_primary, spending_limit_micro_usdc, period_start, opened_at, checkpoint) "
                "VALUES (%s, %s, %s, %s, true, %s, now(), now(), 1)",
                (account, raw_address(told["owner"]), raw_address(told["operator"]),
                 raw_address(told["tracker"]), int(told["spending_limit"])))
        if "balance_after" in told:
            connection.execute(
                "UPDATE escrow_accounts SET balance_micro_usdc = %s WHERE account_id = %s",
                (int(told["balance_after"]), account))
        if name == "SpendingLimitChanged":
            connection.execute(
                "UPDATE escrow_accounts SET spending_limit_micro_usdc = %s WHERE account_id = %s",
                (int(told["new_limit"]), account))
        kinds = {
            "AccountOpened": ("opened", None), "Deposited": ("deposited", "amount"),
            "Withdrawn": ("withdrawn", "amount"),
            "SpendingLimitChanged": ("limit_changed", "new_limit")}
        kind, amount = kinds[name]
        connection.execute(
            "INSERT INTO escrow_transactions (digest, event_seq, checkpoint, at, account_id, name, "
            "kind, standing, amount_micro_usdc, balance_micro_usdc, bcs) "
            "VALUES (%s, %s, 1, date_trunc('milliseconds', now()), %s, %s, %s, 'booked', %s, %s, '')",
            (base58_bytes(digest), int(event["id"]["eventSeq"]), account, name, kind,
             None if amount is None else int(told[amount]),
             int(told["balance_after"]) if "balance_after" in told else None))
        connection.execute(
            "INSERT INTO processing_state (name, checkpoint, epoch, updated_at) "
            "VALUES ('follower', 1, 0, now()) ON CONFLICT DO NOTHING")


class Customer:
    """Somebody who has signed in with a wallet of their own."""

    def __init__(self, gateway: Gateway, wallet: SimpleWallet) -> None:
        self.wallet = wallet
        self.browser = Browser(gateway)
        self.profile = self.browser.sign_in(wallet)["customer"]

    @property
    def number(self) -> int:
        return self.profile["customerId"]

    def ask(self, kind: str, **amounts: object) -> Answer:
        names = {"amount": "amountMicroUsdc", "limit": "spendingLimitMicroUsdc"}
        body = {"kind": kind, **{names.get(name, name): value for name, value in amounts.items()}}
        return self.browser.post("/v1/wallet/transactions", json=body)

    def submit(self, built: dict, **change: object) -> Answer:
        from base64 import b64decode

        body = {
            "signature": self.wallet.sign_transaction(b64decode(built["txBytes"])),
            "txBytes": built["txBytes"], **change}
        return self.browser.post(
            f"/v1/wallet/transactions/{built['digest']}/submit", json=body)

    def do(self, kind: str, **amounts: object) -> str:
        """Builds, signs and submits; the digest of what then ran."""
        built = self.ask(kind, **amounts).expect(201).body
        sent = self.submit(built).expect(202).body
        assert sent == {"digest": built["digest"], "state": "executed"}, sent
        return built["digest"]

    def balance(self) -> dict:
        return self.browser.get("/v1/wallet/balance").expect(200).body

    def transaction(self, digest: str) -> Answer:
        return self.browser.get(f"/v1/wallet/transactions/{digest}")
