"""Transactions of Sui, written here: nothing of ours makes their bytes."""

from support.wallet import blake2b, uleb, vector

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(content: bytes) -> str:
    number, text = int.from_bytes(content, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    zeros = len(content) - len(content.lstrip(b"\0"))
    return "1" * zeros + text


def base58_bytes(text: str) -> bytes:
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    return number.to_bytes(32, "big")


def raw_address(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x").zfill(64))


def u64(number: int) -> bytes:
    return number.to_bytes(8, "little")


def reference(coin: dict) -> bytes:
    """An object reference, out of a coin as JSON-RPC tells it."""
    return (raw_address(coin["coinObjectId"]) + u64(int(coin["version"]))
            + vector(base58_bytes(coin["digest"])))


def payment(
    sender: str, gas: dict, amount: int, recipient: str, *, epoch: int = 1, price: int = 1000,
    budget: int = 50_000_000,
) -> bytes:
    """Splits `amount` MIST from the gas coin and gives them away."""
    split = b"\x02" + b"\x00" + uleb(1) + _input(0)
    transfer = b"\x01" + uleb(1) + b"\x02\x00\x00" + _input(1)
    return _transaction(
        sender, gas, [u64(amount), raw_address(recipient)], [split, transfer], epoch, price, budget)


def move_call(
    sender: str, gas: dict, package: str, module: str, function: str, arguments: list[bytes],
) -> bytes:
    """A function that takes values alone, each as its BCS, and no type arguments."""
    call = (b"\x00" + raw_address(package) + vector(module.encode()) + vector(function.encode())
            + uleb(0) + uleb(len(arguments)) + b"".join(map(_input, range(len(arguments)))))
    return _transaction(sender, gas, arguments, [call], 1, 1000, 50_000_000)


def _input(index: int) -> bytes:
    return b"\x01" + index.to_bytes(2, "little")


def _transaction(
    sender: str, gas: dict, values: list[bytes], commands: list[bytes], epoch: int, price: int,
    budget: int,
) -> bytes:
    """The last epoch in which it may run is `epoch`."""
    inputs = [b"\x00" + vector(value) for value in values]
    program = uleb(len(inputs)) + b"".join(inputs) + uleb(len(commands)) + b"".join(commands)
    gas_data = uleb(1) + reference(gas) + raw_address(sender) + u64(price) + u64(budget)
    return b"\x00\x00" + program + raw_address(sender) + gas_data + b"\x01" + u64(epoch)


def transaction_digest(transaction: bytes) -> str:
    return base58(blake2b(b"TransactionData::" + transaction))
