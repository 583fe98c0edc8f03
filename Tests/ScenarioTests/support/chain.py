"""What the simulated chain says happened, whatever any database says of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from support.charging import Escrow
from support.waiting import until


@dataclass
class Chain:
    """Out of `mock_dump`."""

    checkpoint: int
    is_whole: bool  # What has run is in a checkpoint.
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
        is_whole = all("checkpoint" in one for one in dump["transactions"])
        chain = Chain(dump["checkpoint"], is_whole, accounts, [
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

    @staticmethod
    def read_whole(escrow: Escrow) -> "Chain":
        """Once a checkpoint holds what has run."""
        def whole() -> Chain | None:
            chain = Chain.read(escrow)
            return chain if chain.is_whole else None
        return until(whole, within=20, what="what has run is in a checkpoint", every=0.05)

    def marks(self, name: str, accounts: set[str] | None = None) -> Counter[bytes]:
        """How often something happened for each obligation."""
        return Counter(
            bytes(event["reference"])[16:] for event in self.events if event["name"] == name
            and (accounts is None or event["account"] in accounts))

    def outcomes(self, account: bytes, reference: bytes, name: str) -> list[dict]:
        """But those that were stale: they decide nothing."""
        return [event for event in self.by_reference.get(reference, ())
                if event["name"] == name and event["account"] == "0x" + account.hex()
                and event.get("reason") != 3]

    def has_ended(self, account: bytes, reference: bytes) -> bool:
        return any(self.outcomes(account, reference, name)
                   for name in ("Charged", "Refunded", "Declined", "Cancelled"))
