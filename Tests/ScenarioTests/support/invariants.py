"""What holds whatever was killed, cut or delayed: money moved once, and every book says so."""

import csv
import io
from collections import Counter
from collections.abc import Iterable

from support.chain import Chain
from support.charged_chain import Account
from support.charging import Escrow
from support.findings import Finding, Kind
from support.transactions import base58_bytes
from support.waiting import until

ENDS = {
    "cancelled", "displaced",  # Decided on chain.
    "withdrawn",  # Given up before it was signed.
}
MOVES = {"charge": "Charged", "refund": "Refunded"}
PERIOD = 28 * 86_400_000  # The contract's, in milliseconds.


class Check:
    """Collects what does not hold, so that a failure shows all of it."""

    def __init__(
        self, escrow: Escrow, accounts: list[Account], *, reconciles_anyway: bool = False,
        adopted: Iterable[str] = (),
    ) -> None:
        """`reconciles_anyway`: also where something was found, which it would only say again.
        `adopted`: what a database has lost, and learned of again from the chain."""
        self._escrow = escrow
        self._raw = [account.raw for account in accounts]
        self._reconciles_anyway = reconciles_anyway
        self._adopted = set(adopted)
        self.findings: list[Finding] = []

    def _expect(self, holds: bool, kind: Kind, words: str, what: str = "") -> None:
        if not holds:
            self.findings.append(Finding(kind, words, what))

    def run(self) -> list[Finding]:
        """Every operation must have ended, and nothing be under way."""
        chain = Chain.read_whole(self._escrow)
        self._wait_for(chain.checkpoint)
        self._operations(chain)
        self._asked_for(chain)
        self._obligations(chain)
        self._ledger(chain)
        self._mirrors(chain)
        self._books(chain)
        if self._reconciles_anyway or not self.findings:
            self._reconcile()
        return self.findings

    def _wait_for(self, checkpoint: int) -> None:
        until(
            lambda: self._escrow.value(
                "SELECT max(checkpoint) FROM processing_state WHERE name = 'follower'")
            >= checkpoint,
            within=20, what=f"checkpoint {checkpoint} is booked")

    def _operations(self, chain: Chain) -> None:
        """None lost: each ended, and as the chain says."""
        by_id = {(base58_bytes(event["id"][0]), event["id"][1]): event for event in chain.events}
        for (identifier, kind, state, cause, account, amount, reference, *place
             ) in self._escrow.ask(
            """
            SELECT charge_id::text, kind, state, abandon_reason, account_id, amount_micro_usdc,
                reference, outcome_digest, outcome_event_seq
              FROM charges WHERE account_id = ANY(%s)
            """, self._raw
        ):
            what = f"{kind} {identifier} is {state}"
            self._expect(state not in ("planned", "signed"), Kind.LOST, what)
            moved = chain.outcomes(account, reference, MOVES[kind])
            self._outcome(what, state, "settled", MOVES[kind], len(moved))
            declined = chain.outcomes(account, reference, "Declined")
            self._outcome(what, state, "declined", "Declined", len(declined))
            self._expect(all(int(event["amount"]) == amount for event in moved), Kind.AMOUNT,
                         f"{what}, another amount")
            if state == "abandoned":
                ends = ENDS | ({"superseded"} if self._adopted else set())
                self._expect(cause in ends, Kind.UNWARRANTED, f"{what} because of {cause}")
            if place[0] is not None:
                event = by_id.get((bytes(place[0]), place[1]))
                self._expect(event is not None, Kind.INVENTED, f"{what} by no event")
                self._expect(event is None or event["account"] == "0x" + account.hex(),
                             Kind.FOREIGN, f"{what} by an event of another account")

    def _outcome(self, what: str, state: str, end: str, name: str, times: int) -> None:
        words = f"{what}, and {name} {times} times"
        self._expect(times <= 1, Kind.DOUBLE, words)
        self._expect(state != end or times > 0, Kind.INVENTED, words)
        if times:
            self._expect(state not in ("planned", "signed"), Kind.LOST, words)
            self._expect(state in (end, "planned", "signed"), Kind.DENIED, words)

    def _asked_for(self, chain: Chain) -> None:
        """Every operation was asked for by a service, under a key of its own; and no more was given
        back of a charge than was asked for."""
        given: Counter[bytes] = Counter()
        for kind, identifier, state, account, reference, amount, refunded, is_asked in \
                self._escrow.ask(
            """
            SELECT kind, charge_id::text, state, account_id, reference, amount_micro_usdc,
                refund_of::text, is_adopted AND charge_id::text = ANY(%s) OR EXISTS (
                    SELECT FROM idempotency_keys AS k WHERE k.created_id = c.charge_id)
              FROM charges AS c WHERE account_id = ANY(%s)
            """, list(self._adopted), self._raw
        ):
            self._expect(is_asked, Kind.UNASKED, f"nobody asked for {kind} {identifier}, {state}")
            if refunded is not None:
                moved = chain.outcomes(account, reference, "Refunded")
                given[refunded] += sum(int(event["amount"]) for event in moved)
                given[refunded] -= amount if is_asked else 0
        for charge, more in given.items():
            self._expect(more <= 0, Kind.DOUBLE, f"{more} more than asked for was given back of "
                         f"{charge}")

    def _obligations(self, chain: Chain) -> None:
        """None double: an obligation is charged, a refund given, once."""
        ours = {"0x" + raw.hex() for raw in self._raw}
        for name in MOVES.values():
            for mark, count in chain.marks(name, ours).items():
                self._expect(count == 1, Kind.DOUBLE, f"{mark.hex()} was {name} {count} times")
        numbers = Counter(
            (event["account"], event["seq"]) for event in chain.events
            if event["name"] in ("Charged", "Refunded", "Cancelled", "Declined")
            and event.get("reason") != 3)
        self._expect(all(count == 1 for count in numbers.values()), Kind.SEQUENCE,
                     "a sequence had two outcomes")

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
        self._expect(
            sum(sums.values()) == 0, Kind.LEDGER, f"the ledger sums to {sum(sums.values())}")
        self._expect(not sums.get("adjustments"), Kind.LEDGER,
                     f"adjusted by {sums.get('adjustments')}")
        for raw in self._raw:
            name = "0x" + raw.hex()
            escrow, held = sums.get(f"escrow/{name}", 0), sums.get(f"held/{name}", 0)
            balance = int(chain.accounts[raw]["balance"])
            self._expect(escrow + held == balance, Kind.LEDGER,
                         f"{name[:10]}: escrow {escrow} + held {held}, on chain {balance}")
            self._expect(held == 0, Kind.HELD, f"{name[:10]}: {held} is still held")

    def _mirrors(self, chain: Chain) -> None:
        rows = self._escrow.ask(
            """
            SELECT account_id, balance_micro_usdc, held_micro_usdc, sequence,
                spending_limit_micro_usdc, period_charged_micro_usdc,
                (extract(epoch FROM period_start) * 1000)::bigint, frozen_for
              FROM escrow_accounts WHERE account_id = ANY(%s)
            """, self._raw)
        self._expect(len(rows) == len(self._raw), Kind.MIRROR, "an account has no mirror")
        for raw, balance, held, sequence, limit, charged, start, frozen in rows:
            name = f"0x{raw.hex()[:8]}"
            told = tuple(int(chain.accounts[raw][field]) for field in (
                "balance", "seq", "spending_limit", "period_charged", "period_start_ms"))
            # A charge that is declined moves the period on, and its event does not say to where.
            periods, rest = divmod(told[4] - start, PERIOD)
            if periods > 0 and rest == 0:
                charged, start = 0, told[4]
            mirror = (balance, sequence, limit, charged, start)
            self._expect(mirror == told, Kind.MIRROR, f"{name}: mirror {mirror}, chain {told}")
            self._expect(held == 0, Kind.HELD, f"{name}: the mirror holds {held}")
            self._expect(frozen is None, Kind.BREAK, f"{name} is frozen", str(frozen))

    def _books(self, chain: Chain) -> None:
        """Every event once, nothing signed by a leader of the past, no break."""
        escrow = self._escrow
        booked = Counter(escrow.ask("SELECT digest, event_seq FROM escrow_transactions"))
        told = Counter(
            (base58_bytes(digest), place) for digest, place in chain.all_events)
        counts = f"{booked.total()} events are booked, {told.total()} happened"
        self._expect(not told - booked, Kind.UNBOOKED, counts)
        self._expect(not booked - told, Kind.INVENTED, counts)
        for what, count in escrow.ask(
                "SELECT class, count(*) FROM escrow_breaks WHERE resolved_at IS NULL GROUP BY 1"):
            self._expect(False, Kind.BREAK, f"{count} times", what)
        [(late,)] = escrow.ask(
            """
            SELECT count(*) FROM (
                SELECT generation, max(generation) OVER (ORDER BY signed_at) AS newest
                  FROM charge_batches) AS b WHERE generation < newest
            """)
        self._expect(late == 0, Kind.DEPOSED, f"{late} were signed by a leader of the past")

    def _reconcile(self) -> None:
        """It compares everything by itself; so what it says counts as one more opinion."""
        found = self._escrow.reconcile()
        rows = list(csv.DictReader(io.StringIO(found.stdout)))
        for row in rows:
            self._expect(False, Kind.RECONCILED, f"{row['what']}: expected {row['expected']}, "
                         f"found {row['found']}", row["class"])
        self._expect(found.returncode == (1 if rows else 0), Kind.RECONCILED,
                     f"exit {found.returncode}: {found.stdout[-500:]}{found.stderr[-1000:]}")


def check(escrow: Escrow, accounts: list[Account], adopted: Iterable[str] = ()) -> None:
    findings = Check(escrow, accounts, adopted=adopted).run()
    assert not findings, "\n".join(map(str, findings[:30]))
