"""What holds whatever was killed, cut or delayed: money moved once, and every book says so."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from support.charging import Account, Escrow
from support.transactions import base58_bytes
from support.waiting import until

ENDS = {
    "cancelled", "displaced",  # Decided on chain.
    "withdrawn",  # Given up before it was signed.
}


@dataclass
class Chain:
    """What the chain says, out of `mock_dump`."""

    checkpoint: int
    accounts: dict[bytes, dict]
    events: list[dict]
    all_events: list[tuple[str, int]]
    by_reference: dict[bytes, list[dict]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def read(escrow: Escrow) -> "Chain":
        dump = escrow.node.control("dump")
        prefix = f"{escrow.package}::account::"
        account_type = f"{prefix}Account<{escrow.usdc}>"
        accounts = {
            bytes.fromhex(one["objectId"][2:]): one["content"]["fields"]
            for one in dump["objects"] if one.get("type") == account_type}
        chain = Chain(dump["checkpoint"], accounts, [
            {**event["parsedJson"], "name": name.removesuffix(f"<{escrow.usdc}>"),
             "id": (event["id"]["txDigest"], int(event["id"]["eventSeq"]))}
            for event in dump["events"]
            if event["type"].startswith(prefix)
            and (name := event["type"].removeprefix(prefix)).endswith(f"<{escrow.usdc}>")],
            [(event["id"]["txDigest"], int(event["id"]["eventSeq"])) for event in dump["events"]
             if event["type"].startswith(prefix)])
        for event in chain.events:
            if "reference" in event:
                chain.by_reference[bytes(event["reference"])].append(event)
        return chain

    def marks(self, name: str, accounts: set[str] | None = None) -> Counter[bytes]:
        """How often something happened for each obligation."""
        return Counter(
            bytes(event["reference"])[16:] for event in self.events if event["name"] == name
            and (accounts is None or event["account"] in accounts))

    def outcomes(self, account: bytes, reference: bytes, name: str) -> list[dict]:
        return [event for event in self.by_reference.get(reference, ())
                if event["name"] == name and event["account"] == "0x" + account.hex()]


class Check:
    """Collects what does not hold, so that a failure shows all of it."""

    def __init__(self, escrow: Escrow, accounts: list[Account]) -> None:
        self._escrow = escrow
        self._raw = [account.raw for account in accounts]
        self.findings: list[str] = []

    def _expect(self, holds: bool, finding: str) -> None:
        if not holds:
            self.findings.append(finding)

    def run(self) -> list[str]:
        """Every operation must have ended, and nothing be under way."""
        chain = Chain.read(self._escrow)
        self._wait_for(chain.checkpoint)
        self._operations(chain)
        self._asked_for()
        self._obligations(chain)
        self._ledger(chain)
        self._mirrors(chain)
        self._books(chain)
        return self.findings

    def _wait_for(self, checkpoint: int) -> None:
        until(
            lambda: self._escrow.value(
                "SELECT max(checkpoint) FROM processing_state WHERE name = 'follower'")
            >= checkpoint,
            within=20, what=f"checkpoint {checkpoint} is booked")

    def _operations(self, chain: Chain) -> None:
        """None lost: each ended, and as the chain says."""
        for identifier, kind, state, cause, account, amount, reference in self._escrow.ask(
            """
            SELECT charge_id::text, kind, state, abandon_reason, account_id, amount_micro_usdc,
                reference FROM charges WHERE account_id = ANY(%s)
            """, self._raw
        ):
            name = "Charged" if kind == "charge" else "Refunded"
            moved = chain.outcomes(account, reference, name)
            declined = [event for event in chain.outcomes(account, reference, "Declined")
                        if event["reason"] != 3]
            what = f"{kind} {identifier} is {state}"
            self._expect(state not in ("planned", "signed"), f"lost: {what}")
            self._expect(
                len(moved) == (state == "settled"), f"{what}, and {name} {len(moved)} times")
            self._expect(
                all(int(event["amount"]) == amount for event in moved), f"{what}, another amount")
            self._expect(
                len(declined) == (state == "declined"),
                f"{what}, and Declined {len(declined)} times")
            if state == "abandoned":
                self._expect(cause in ENDS, f"{what} because of {cause}")

    def _asked_for(self) -> None:
        """Every operation was asked for by a service, under a key of its own."""
        others = self._escrow.ask(
            """
            SELECT kind, charge_id::text, state FROM charges AS c WHERE account_id = ANY(%s)
               AND NOT EXISTS (SELECT FROM idempotency_keys AS k WHERE k.created_id = c.charge_id)
            """, self._raw)
        self._expect(not others, f"nobody asked for {others}")

    def _obligations(self, chain: Chain) -> None:
        """None double: an obligation is charged, a refund given, once."""
        ours = {"0x" + raw.hex() for raw in self._raw}
        for name in ("Charged", "Refunded"):
            for mark, count in chain.marks(name, ours).items():
                self._expect(count == 1, f"double: {mark.hex()} was {name} {count} times")
        numbers = Counter(
            (event["account"], event["seq"]) for event in chain.events
            if event["name"] in ("Charged", "Refunded", "Cancelled", "Declined")
            and event.get("reason") != 3)
        self._expect(
            all(count == 1 for count in numbers.values()), "a sequence had two outcomes")

    def _ledger(self, chain: Chain) -> None:
        rows = self._escrow.ask(
            """
            SELECT account, sum(amount)::bigint FROM (
                SELECT credit_account AS account, amount_micro_usdc AS amount FROM ledger_entries
                UNION ALL
                SELECT debit_account, -amount_micro_usdc FROM ledger_entries) AS legs
             GROUP BY account
            """)
        sums: dict[str, int] = dict(rows)
        self._expect(sum(sums.values()) == 0, f"the ledger sums to {sum(sums.values())}")
        self._expect(not sums.get("adjustments"), f"adjusted by {sums.get('adjustments')}")
        for raw in self._raw:
            name = "0x" + raw.hex()
            escrow, held = sums.get(f"escrow/{name}", 0), sums.get(f"held/{name}", 0)
            balance = int(chain.accounts[raw]["balance"])
            self._expect(
                escrow + held == balance,
                f"{name[:10]}: escrow {escrow} + held {held}, on chain {balance}")
            self._expect(held == 0, f"{name[:10]}: {held} is still held")

    def _mirrors(self, chain: Chain) -> None:
        rows = self._escrow.ask(
            """
            SELECT account_id, balance_micro_usdc, held_micro_usdc, sequence,
                spending_limit_micro_usdc, period_charged_micro_usdc,
                (extract(epoch FROM period_start) * 1000)::bigint, frozen_for
              FROM escrow_accounts WHERE account_id = ANY(%s)
            """, self._raw)
        self._expect(len(rows) == len(self._raw), "an account has no mirror")
        for raw, balance, held, sequence, limit, charged, start, frozen in rows:
            fields = chain.accounts[raw]
            told = tuple(int(fields[name]) for name in (
                "balance", "seq", "spending_limit", "period_charged", "period_start_ms"))
            self._expect(
                (balance, sequence, limit, charged, start) == told,
                f"0x{raw.hex()[:8]}: mirror {(balance, sequence, limit, charged, start)}, "
                f"chain {told}")
            self._expect(held == 0, f"0x{raw.hex()[:8]}: the mirror holds {held}")
            self._expect(frozen is None, f"0x{raw.hex()[:8]} is frozen for {frozen}")

    def _books(self, chain: Chain) -> None:
        """Every event once, nothing signed by a leader of the past, no break, nothing to repair."""
        escrow = self._escrow
        booked = Counter(escrow.ask("SELECT digest, event_seq FROM escrow_transactions"))
        told = Counter(
            (base58_bytes(digest), place) for digest, place in chain.all_events)
        self._expect(booked == told, f"{booked.total()} events are booked, {told.total()} happened")
        breaks = escrow.ask(
            "SELECT class, count(*) FROM escrow_breaks WHERE resolved_at IS NULL GROUP BY class")
        self._expect(not breaks, f"breaks: {breaks}")
        late = escrow.ask(
            """
            SELECT count(*) FROM (
                SELECT generation, max(generation) OVER (ORDER BY signed_at) AS newest
                  FROM charge_batches) AS b WHERE generation < newest
            """)
        self._expect(late == [(0,)], f"{late} were signed by a leader of the past")
        if not self.findings:  # It would only say them again.
            found = escrow.reconcile()
            self._expect(found.returncode == 0, f"reconcile: {found.stdout}{found.stderr}")


def check(escrow: Escrow, accounts: list[Account]) -> None:
    findings = Check(escrow, accounts).run()
    assert not findings, "\n".join(findings[:30])
