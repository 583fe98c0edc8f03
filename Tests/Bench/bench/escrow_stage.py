"""A simulated chain, a database that follows it, and charges planned in bulk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from support.gateway import empty_env_file, settings
from support.waiting import until

from .chain import Chain
from .managers import Manager
from .stage import HERE, Stage
from .terminal import Watched, watch

AMOUNT = 10_000
BALANCE = 1_000_000_000
LANES = 16
PLAN = (HERE / "plan_charges.sql").read_text()
UNDER_WAY = (
    "SELECT EXISTS (SELECT FROM charges WHERE state = 'planned')"
    " OR EXISTS (SELECT FROM charges WHERE state = 'signed')")
HISTORY = (HERE / "charge_history.sql").read_text()


class EscrowStage:
    """One chain with `accounts` that are open and paid into, and the database that follows it."""

    def __init__(self, stage: Stage, name: str, accounts: int) -> None:
        self.directory = stage.directory / name
        self.directory.mkdir()
        self.stage = stage
        self.database = stage.database()
        self.chain = Chain(self.directory)
        self.accounts = accounts
        self._managers: list[Manager] = []

    def open(self) -> Manager:
        """Opens the accounts, and leaves a manager at work that knows them all."""
        manager = self.manager()
        self.chain.open_accounts(self.accounts, BALANCE)
        known = "SELECT count(*) FROM escrow_accounts WHERE initial_shared_version IS NOT NULL"
        until(lambda: self.value(known) == self.accounts, within=180, what="accounts are known")
        until(lambda: manager.metric("sluice_engine_lanes") >= LANES, within=60, what="lanes")
        return manager

    def environment(self, wire: str, database: str, identity: str) -> dict[str, str]:
        url, info = self.chain.node.url, self.chain.info
        endpoint = ({"SUI_GRAPHQL_URLS": url + "/graphql"} if wire == "graphql"
                    else {"SUI_JSON_RPC_URLS": url})
        return settings(
            self.directory, database, **endpoint, SLUICE_CHAIN="sui:localnet",
            SLUICE_CHAIN_IDENTIFIER=info["chain"], SLUICE_ESCROW_PACKAGE=info["escrowPackage"],
            SLUICE_ESCROW_OPERATOR=info["operatorId"], SLUICE_ESCROW_COIN=info["usdcType"],
            SLUICE_CHARGER_KEY_FILE=str(self.chain.key_file),
            SLUICE_MANAGER_IDENTITY_FILE=str(self.directory / identity))

    def manager(
        self, wire: str = "graphql", database: str | None = None, identity: str = "identity"
    ) -> Manager:
        """Started, and perhaps not at work yet."""
        environment = self.environment(wire, database or self.database, identity)
        self._managers.append(Manager(self.directory, environment))
        return self._managers[-1]

    def reconcile(self) -> Watched:
        environment = self.environment("graphql", self.database, "identity")
        return watch("reconcile", "--env-file", str(empty_env_file(self.directory)),
                     environment={**environment, "TERM": "dumb"})

    @contextmanager
    def late_answers(self, milliseconds: int) -> Iterator[None]:
        self.chain.node.fail({"fault": "late_answer", "amount": milliseconds})
        try:
            yield
        finally:
            self.chain.node.fail()

    def copy_database(self) -> str:
        """Of a moment when nobody is connected."""
        name = self.database.rsplit("/", 1)[1]
        return self.stage.cluster.url(self.stage.cluster.create_database(template=name))

    def close(self) -> None:
        for manager in self._managers:
            manager.kill()
        self.chain.node.stop()

    # Charges

    def plan(self, accounts: int, each: int, skip: int = 0) -> int:
        """Charges with their holds, as `Charges.plan` writes them, in one statement."""
        with self.connect() as connection:
            connection.execute(PLAN, {
                "accounts": accounts, "skip": skip, "each": each, "amount": AMOUNT})
        return accounts * each

    def connect(self, database: str | None = None) -> psycopg.Connection:
        return psycopg.connect(database or self.database, autocommit=True)

    def value(self, query: str, *values: object, database: str | None = None) -> float:
        with self.connect(database) as connection:
            row = connection.execute(query, values).fetchone()
        return float(row[0] or 0) if row else 0.0

    def wait_until_settled(self, within: float, database: str | None = None) -> float:
        """Looks at two small indexes, however long the history is.

        Returns the time at which all had an outcome, before it is seen which."""
        with self.connect(database) as connection:
            until(lambda: not connection.execute(UNDER_WAY).fetchone()[0],
                  within=within, what="every charge has an outcome", every=0.02)
            ended = time.monotonic()
        lost = self.value(
            "SELECT count(*) FROM charges WHERE state <> 'settled'", database=database)
        if lost:
            raise RuntimeError(f"{lost:.0f} charges did not settle")
        return ended

    def write_history(self, first: int, last: int) -> None:
        """Settled charges `first` to `last` of each account from before the chain's history, with
        their events and entries and a deposit that pays for them: the balance stays as it is."""
        with self.connect() as connection:
            connection.execute("SET synchronous_commit = off")
            with without_indexes(connection):
                connection.execute(HISTORY.replace(":first", str(first)).replace(
                    ":last", str(last)).replace(":amount", str(AMOUNT)))
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


@contextmanager
def without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """Rows go in faster where indexes are made afterwards; the same ones as before."""
    indexes = connection.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i"
        " WHERE i.indrelid::regclass::text IN ('charges', 'escrow_transactions', 'ledger_entries')"
        " AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        connection.execute(definition)
