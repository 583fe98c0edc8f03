"""Programmable transactions of Sui as bytes: inputs, commands, and the calls of the escrow."""

from support.transactions import raw_address, reference, u64
from support.wallet import uleb, vector

GAS_COIN = b"\x00"
CLOCK = "0x6"


def type_tag(text: str) -> bytes:
    """Of a struct without type parameters: `0x…::module::Name`."""
    package, module, name = text.split("::")
    return (b"\x07" + raw_address(package) + vector(module.encode()) + vector(name.encode())
            + uleb(0))


class Program:
    """Inputs and commands in their order; arguments are what its methods return."""

    def __init__(self) -> None:
        self._inputs: list[bytes] = []
        self._commands: list[bytes] = []

    def _input(self, content: bytes) -> bytes:
        if content not in self._inputs:
            self._inputs.append(content)
        return b"\x01" + self._inputs.index(content).to_bytes(2, "little")

    def _command(self, content: bytes) -> bytes:
        self._commands.append(content)
        return b"\x02" + (len(self._commands) - 1).to_bytes(2, "little")

    def pure(self, content: bytes) -> bytes:
        return self._input(b"\x00" + vector(content))

    def owned(self, coin: dict) -> bytes:
        return self._input(b"\x01\x00" + reference(coin))

    def shared(self, identifier: str, version: int, mutable: bool) -> bytes:
        return self._input(
            b"\x01\x01" + raw_address(identifier) + u64(version) + bytes([mutable]))

    def clock(self) -> bytes:
        return self.shared(CLOCK, 1, mutable=False)

    def call(self, package: str, function: str, types: list[str], *arguments: bytes) -> bytes:
        """Of the module `account`; its one result."""
        return self._command(
            b"\x00" + raw_address(package) + vector(b"account") + vector(function.encode())
            + uleb(len(types)) + b"".join(map(type_tag, types))
            + uleb(len(arguments)) + b"".join(arguments))

    def split(self, coin: bytes, amount: int) -> bytes:
        return self._command(b"\x02" + coin + uleb(1) + self.pure(u64(amount)))

    def transfer(self, thing: bytes, recipient: str) -> None:
        self._command(b"\x01" + uleb(1) + thing + self.pure(raw_address(recipient)))

    def finish(
        self, sender: str, gas: dict, epoch: int, *, price: int = 1000, budget: int = 100_000_000
    ) -> bytes:
        """The last epoch in which it may run is `epoch`."""
        program = (uleb(len(self._inputs)) + b"".join(self._inputs)
                   + uleb(len(self._commands)) + b"".join(self._commands))
        gas_data = uleb(1) + reference(gas) + raw_address(sender) + u64(price) + u64(budget)
        return b"\x00\x00" + program + raw_address(sender) + gas_data + b"\x01" + u64(epoch)
