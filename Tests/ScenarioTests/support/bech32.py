"""Bech32 of BIP-173, for keys that are written by hand."""

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bech32(prefix: str, content: bytes) -> str:
    """What follows the prefix and its `1`: the content in groups of five bits, and the checksum."""
    count = -(-8 * len(content) // 5)
    number = int.from_bytes(content, "big") << 5 * count - 8 * len(content)
    data = [number >> 5 * index & 31 for index in reversed(range(count))]
    return "".join(ALPHABET[value] for value in data + _checksum(prefix, data))


def _checksum(prefix: str, data: list[int]) -> list[int]:
    expanded = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix]
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
