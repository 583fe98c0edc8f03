"""A database over a simulated chain, customers with accounts, and managers at work."""

import os
import secrets
import subprocess
import time
from pathlib import Path

import psycopg

from support.client import Answer, Browser
from support.binary import run
from support.charged_chain import Account, ChargedChain
from support.charger import key_file
from support.cluster import Cluster
from support.gateway import Fleet, Gateway, empty_env_file, settings
from support.manager import Manager
from support.programs import Program
from support.service import add_service
from support.waiting import until

WIRES = ("graphql", "json-rpc")
SEED = int(os.environ.get("SEED", "0"))
AWAY = 75  # What a command exits with while the database is away.


def wire_of(scenario: int) -> str:
    """Scenarios take turns with the wire formats, the other way round by the next SEED."""
    return WIRES[(scenario + SEED) % 2]


class Escrow(ChargedChain):
    """One chain and one database; any number of managers."""

    def __init__(
        self, directory: Path, cluster: Cluster, template: str, *, seed: int = 1,
        options: tuple[str, ...] = ("--checkpoint-ms", "20", "--index-lag", "0"),
    ) -> None:
        self.directory, self.cluster = directory, cluster
        self.identity = directory / "identity"
        self.database = cluster.create_database(template)
        super().__init__(directory, seed, options)
        self._key = key_file(directory, seed)
        self._reconciled = 0
        self._managers: list[Manager] = []
        self._connection: psycopg.Connection | None = None
        self._fleet = Fleet(directory, cluster.url(self.database))
        self.gateway = self._fleet.start()
        self.service = add_service(self._fleet)

    def close(self) -> None:
        self._fleet.stop()
        for manager in self._managers:
            manager.kill()
        if self._connection is not None:
            self._connection.close()
        self.node.stop()
        self.cluster.drop_database(self.database)

    # Managers

    def _contract(self, wire: str) -> dict[str, str]:
        """Where it is, and a node that is asked in `wire`."""
        endpoint = ({"SUI_GRAPHQL_URLS": self.node.url + "/graphql"} if wire == "graphql"
                    else {"SUI_JSON_RPC_URLS": self.node.url})
        return {
            **endpoint, "SLUICE_CHAIN": "sui:localnet",
            "SLUICE_CHAIN_IDENTIFIER": self.info["chain"], "SLUICE_ESCROW_PACKAGE": self.package,
            "SLUICE_ESCROW_OPERATOR": self.info["operatorId"], "SLUICE_ESCROW_COIN": self.usdc}

    def environment(self, wire: str, **changes: str | None) -> dict[str, str]:
        """A manager's, which asks the node in `wire`."""
        return settings(
            self.directory, self.cluster.url(self.database), **self._contract(wire),
            SLUICE_CHARGER_KEY_FILE=str(self._key),
            **{"SLUICE_MANAGER_IDENTITY_FILE": str(self.identity), **changes})

    def wallet_gateway(self, wire: str) -> Gateway:
        """One that builds and sends what wallets ask for; the other knows of no chain."""
        return self._fleet.start(**self._contract(wire))

    def machine(self, wire: str, **changes: str) -> Manager:
        """One that a manager will run on."""
        self._managers.append(Manager(self.directory, self.environment(wire, **changes)))
        return self._managers[-1]

    def manager(self, wire: str = "graphql", **changes: str) -> Manager:
        """A new one, started."""
        return self.machine(wire, **changes).start()

    def forget_identity(self) -> None:
        """As after a restore on another machine: it is not known what was charged from."""
        self.identity.unlink(missing_ok=True)

    # The database

    @property
    def url(self) -> str:
        return self.cluster.url(self.database)

    @property
    def rows(self) -> psycopg.Connection:
        """An autocommitting connection, made anew where the server was gone."""
        connection = self._connection
        if connection is None or connection.closed or connection.broken:
            connection = self._connection = self.cluster.connect(self.database)
        return connection

    def ask(self, query: str, *parameters: object) -> list[tuple]:
        def rows() -> list[list[tuple]]:
            try:
                return [self.rows.execute(query, parameters).fetchall()]
            except psycopg.OperationalError:
                self._connection = None
                return []
        return until(rows, within=10, what="the database answers", every=0.1)[0]

    def value(self, query: str, *parameters: object) -> object:
        return self.ask(query, *parameters)[0][0]

    # Customers

    def open(self, balance: int, limit: int = 0) -> Account:
        """A customer, known to the database, whose account has `balance`."""
        wallet = self.wallet()
        program = Program()
        account = self._open(program, wallet, self.operator, balance, limit)
        customer = Browser(self.gateway).sign_in(wallet)["customer"]["customerId"]
        return Account(wallet, customer, *account)

    # What services ask for

    def charge(
        self, account: Account, amount: int, invoice: str | None = None, key: str | None = None,
    ) -> str | None:
        """Plans a charge; None where it is refused for what the account has."""
        answer = self.ask_charge(account, amount, key or secrets.token_hex(8), invoice)
        if answer.status in (402, 409):
            return None
        return answer.expect(202).body["chargeId"]

    def ask_charge(
        self, account: Account, amount: int, key: str, invoice: str | None = None
    ) -> Answer:
        body = {"customerId": account.customer, "amountMicroUsdc": str(amount),
                "description": "use", **({"invoiceId": invoice} if invoice else {})}
        return self.post("/v1/charges", body, key)

    def refund(self, charge: str, amount: int, key: str | None = None) -> str | None:
        """Plans a refund; None where the charge leaves less or has not settled."""
        answer = self.post(
            "/v1/refunds", {"chargeId": charge, "amountMicroUsdc": str(amount), "reason": "late"},
            key or secrets.token_hex(8))
        if answer.status in (409, 422):
            return None
        return answer.expect(202).body["refundId"]

    def cancel(self, operation: str) -> bool:
        """`sluice charge cancel`; False where it has an outcome already."""
        def asked() -> subprocess.CompletedProcess[str] | None:
            done = run(
                "charge", "cancel", operation, "--env-file", str(empty_env_file(self.directory)),
                environment=settings(self.directory, self.cluster.url(self.database)))
            return done if done.returncode != AWAY else None
        done = until(asked, within=30, what="the database takes the cancellation", every=0.1)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode == 0

    def post(self, target: str, body: dict, key: str, within: float = 20) -> Answer:
        """Says it again under the same key for as long as the database is away."""
        end = time.monotonic() + within

        def said() -> Answer | None:
            answer = self.service.post(self.gateway, target, body, key=key)
            return answer if answer.status != 503 or time.monotonic() > end else None
        return until(said, within + 30, what="the gateway answers", every=0.05)

    def reconcile(self) -> subprocess.CompletedProcess[str]:
        """`sluice reconcile` over everything, in the wire format that comes next."""
        wire = WIRES[self._reconciled % 2]
        self._reconciled += 1
        return run(
            "reconcile", "--format", "csv", "--env-file", str(empty_env_file(self.directory)),
            environment=self.environment(wire), timeout=60)

    # Copies of the database

    def dump(self) -> Path:
        """A backup, as `pg_dump` makes it."""
        path = self.directory / f"{secrets.token_hex(4)}.dump"
        self.cluster.tool("pg_dump", "-Fc", self.database, output=path)
        return path

    def restore(self, copy: Path) -> None:
        """The database as it was, under its name; whoever was connected is cut off."""
        if self._connection is not None:
            self._connection.close()
        made = self.cluster.create_database()
        self.cluster.tool("pg_restore", "-d", made, input=copy)
        self.cluster.drop_database(self.database)
        with self.cluster.connect("postgres") as connection:
            connection.execute(f'ALTER DATABASE "{made}" RENAME TO "{self.database}"')

    # Waiting

    def has_lanes(self) -> None:
        """Until the charger's coin has been split, so that the next transaction is of charges."""
        until(lambda: self.value("SELECT count(*) FROM gas_coins WHERE NOT is_gone") > 10,
              within=15, what="gas coins are made")

    def generation(self) -> int:
        return self.value("SELECT counter FROM leader_generation")

    def signed_by(self, generation: int) -> int:
        return self.value(
            "SELECT count(*) FROM charge_batches WHERE generation = %s", generation)

    def balance(self, account: Account) -> int:
        """As the follower has booked it."""
        return self.value(
            "SELECT balance_micro_usdc FROM escrow_accounts WHERE account_id = %s", account.raw)

    def states(self, charges: list[str]) -> set[str]:
        return {state for (state,) in self.ask(
            "SELECT DISTINCT state FROM charges WHERE charge_id = ANY(%s::uuid[])", charges)}

    def unresolved(self, accounts: list[Account]) -> int:
        return self.value(
            "SELECT count(*) FROM charges WHERE account_id = ANY(%s) "
            "AND state IN ('planned', 'signed')", [one.raw for one in accounts])

    def known(self, accounts: list[Account], within: float = 15) -> None:
        """Until the follower has booked them and knows since when they are shared."""
        def booked() -> bool:
            return self.value(
                "SELECT count(*) FROM escrow_accounts WHERE account_id = ANY(%s) "
                "AND initial_shared_version IS NOT NULL",
                [one.raw for one in accounts]) == len(accounts)
        until(booked, within=within, what="the accounts are booked")
