"""The operator's hot key of a simulated chain, in the file that a manager reads."""

from pathlib import Path

from support.wallet import blake2b

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
PREFIX = "suiprivkey"


def key_file(directory: Path, seed: int) -> Path:
    """Of the key that `mock-sui-node --seed` derives for its charger."""
    path = directory / "charger.key"
    path.write_text(private_key(blake2b(f"mock-sui-node charger {seed}".encode())) + "\n")
    path.chmod(0o600)
    return path


def private_key(seed: bytes) -> str:
    """An Ed25519 key as wallets export it: Bech32 of the scheme's flag and the seed."""
    number = int.from_bytes(b"\0" + seed, "big") << 1  # 264 bits, padded to 53 groups of five.
    data = [number >> 5 * index & 31 for index in reversed(range(53))]
    return PREFIX + "1" + "".join(BECH32[value] for value in data + _checksum(data))


def _checksum(data: list[int]) -> list[int]:
    expanded = [ord(one) >> 5 for one in PREFIX] + [0] + [ord(one) & 31 for one in PREFIX]
    rest = _remainder(expanded + data + [0] * 6) ^ 1
    return [rest >> 5 * index & 31 for index in reversed(range(6))]


def _remainder(values: list[int]) -> int:
    generators = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for index, generator in enumerate(generators):
            rest ^= generator if top >> index & 1 else 0
    return rest
