"""Customers and their API keys as a gateway writes them, and what is told there of vaults."""

import contextlib
import secrets
from collections.abc import Callable, Iterator

import psycopg

from .api_keys import new_id, new_key, sealed_for_database
from .vault_edge import hashed

CUSTOMERS = 4
# A lock of two numbers, which nobody else takes.
STOP = 7_000


class KeyTables:
    """Over a database of its own, whose customers have the service `seal` enabled."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self.ask(
            "INSERT INTO customers (customer_id, wallet_address, created_at)"
            " SELECT n, decode(lpad(to_hex(n), 64, '0'), 'hex'), now()"
            " FROM generate_series(1, %s) AS n", CUSTOMERS)
        self.ask(
            "INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst,"
            " seal_keys, packages_per_key, api_keys, created_at, changed_at)"
            " SELECT n, 'seal', 'enabled', 'pro', false, 1, 1, 500, now(), now()"
            " FROM generate_series(1, %s) AS n", CUSTOMERS)

    def close(self) -> None:
        self._connection.close()

    def ask(self, statement: str, *values: object) -> list[tuple]:
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def held(self, table: str) -> Iterator[None]:
        """Meanwhile whoever writes to it waits, and is then cut off."""
        with psycopg.connect(self._url) as connection:
            connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"
                " WHERE relation = %s::regclass AND NOT granted", (table,))

    @contextlib.contextmanager
    def stopping(self, trigger: str) -> Iterator[Callable[[], bool]]:
        """Meanwhile whoever sets off the trigger waits there; tells whether somebody does."""
        self.ask(
            "CREATE OR REPLACE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" PERFORM pg_advisory_xact_lock_shared({STOP}, 0); RETURN NEW; END $$")
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"SELECT pg_advisory_lock({STOP}, 0)")
            self.ask(f"CREATE {trigger.format('stop')} FOR EACH ROW EXECUTE FUNCTION stop()")
            yield lambda: bool(self.ask(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
                " AND NOT granted", STOP))
        self.ask("DROP TRIGGER stop ON vault_versions")

    # Keys

    def add(self, count: int, customer: int = 1) -> list[str]:
        """Keys that the vault has at once; what is sealed in their rows nobody opens."""
        keys = [f"slk_s_{secrets.token_hex(19)}" for _ in range(count)]
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
                " sealed_key, vault_key, created_at, changed_at)"
                " VALUES (gen_random_uuid(), %s, 'seal', %s, 'slk_s_', 'A:B:C', 'AAAA:BB:CC=',"
                " now(), now())",
                [(customer, bytes.fromhex(hashed(key))) for key in keys])
        return keys

    def add_sealed(self, database_key: str, customer: int = 1) -> str:
        """A key that is sealed as a gateway does it, and not for the vault yet."""
        key, key_id = new_key(), new_id()
        self.ask(
            "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
            " sealed_key, created_at, changed_at)"
            " VALUES (%s, %s, 'seal', %s, 'slk_s_', %s, now(), now())",
            key_id, customer, bytes.fromhex(hashed(key)),
            sealed_for_database(key, key_id, database_key))
        return key

    def add_unused(self, count: int) -> None:
        """Keys that nobody asks with, so that writing all takes a while."""
        self.ask(
            "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
            " sealed_key, vault_key, created_at, changed_at)"
            " SELECT gen_random_uuid(), 3, 'seal', sha256(n::text::bytea), 'slk_s_', 'A:B:C',"
            " 'AAAA:BB:CC=', now(), now() FROM generate_series(1, %s) AS n", count)

    def revoke(self, key: str) -> None:
        self.ask(
            "UPDATE api_keys SET state = 'revoked' WHERE key_hash = %s",
            bytes.fromhex(hashed(key)))

    def expire_in(self, seconds: float, key: str) -> float:
        """When that is, in seconds since 1970."""
        [(ends,)] = self.ask(
            "UPDATE api_keys SET expires_at = now() + make_interval(secs => %s)"
            " WHERE key_hash = %s RETURNING extract(epoch FROM expires_at)::float8",
            seconds, bytes.fromhex(hashed(key)))
        return ends

    def remove_all(self) -> None:
        self.ask("DELETE FROM api_keys")

    def set_service(self, customer: int, state: str) -> None:
        self.ask(
            "UPDATE service_instances SET state = %s WHERE customer_id = %s", state, customer)

    def pay(self, customer: int, balance: int) -> None:
        """Its services are paid for this month, and so much is left for their use."""
        self.ask(
            "UPDATE service_instances SET paid_month = date_trunc('month', now() AT TIME ZONE 'UTC'"
            ")::date, paid_price_version = 1, paid_tier = tier, paid_has_burst = has_burst,"
            " paid_seal_keys = seal_keys, paid_packages_per_key = packages_per_key,"
            " paid_api_keys = api_keys WHERE customer_id = %s", customer)
        self.ask(
            "INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,"
            " balance_micro_usdc, spending_limit_micro_usdc, period_start, opened_at, checkpoint)"
            " SELECT %s, wallet_address, %s, %s, true, %s, 0, now(), now(), 1 FROM customers"
            " WHERE customer_id = %s",
            secrets.token_bytes(32), bytes(32), bytes(32), balance, customer)

    # Vaults

    def published(self) -> int:
        """The newest version that edges may take."""
        [(version,)] = self.ask(
            "SELECT coalesce(max(version), 0) FROM vault_versions WHERE published_at IS NOT NULL")
        return version

    def told_by(self, edge: str) -> tuple[int, str, str | None]:
        """Version, standing and error as the edge reports them."""
        found = self.ask(
            "SELECT version, standing, error FROM vault_edges WHERE edge = %s", edge)
        return found[0] if found else (0, "", None)
