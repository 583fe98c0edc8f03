"""The operator's hot key of a simulated chain, in the file that a manager reads."""

from pathlib import Path

from support.bech32 import bech32
from support.wallet import blake2b

PREFIX = "suiprivkey"


def key_file(directory: Path, seed: int) -> Path:
    """Of the key that `mock-sui-node --seed` derives for its charger."""
    path = directory / "charger.key"
    path.write_text(private_key(blake2b(f"mock-sui-node charger {seed}".encode())) + "\n")
    path.chmod(0o600)
    return path


def private_key(seed: bytes) -> str:
    """An Ed25519 key as wallets export it: Bech32 of the scheme's flag and the seed."""
    return PREFIX + "1" + bech32(PREFIX, b"\0" + seed)
