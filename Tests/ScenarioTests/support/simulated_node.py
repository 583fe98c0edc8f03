"""`mock-sui-node`, which stands beside the program under test, as a process of its own."""

import base64
import os
import signal
import subprocess
from pathlib import Path

import httpx

from support.binary import bare_environment, sluice
from support.client import http_client
from support.transactions import move_call, payment, raw_address, transaction_digest
from support.waiting import until
from support.wallet import Ed25519Wallet

SUI = "0x2::sui::SUI"
EXECUTE = """
    mutation Execute($tx: Base64!, $sigs: [Base64!]!) {
      executeTransaction(transactionDataBcs: $tx, signatures: $sigs) {
        effects { digest status executionError { message } } }
    }"""


def binary() -> str:
    return str(Path(sluice()).with_name("mock-sui-node"))


class Refused(Exception):
    """The node understood, and said no."""


class Failed(Exception):
    """The transaction ran, and did nothing but pay its gas."""


class SimulatedNode:
    """With checkpoints at once and an index that keeps up, unless `options` say otherwise."""

    OPTIONS = ("--checkpoint-ms", "0", "--index-lag", "0")

    def __init__(self, directory: Path, *options: str) -> None:
        self.journal = directory / "node.journal"
        self._ready = directory / "node.ready"
        self._log = directory / "node.log"
        self._options = [*self.OPTIONS, *options]
        self._home = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._client = http_client()
        self.url = ""

    def start(self) -> "SimulatedNode":
        self._ready.unlink(missing_ok=True)
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", binary(), "--port", "0",
                 "--journal", str(self.journal), "--ready-file", str(self._ready),
                 *self._options],
                env=bare_environment(self._home), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL)

        def port() -> str | None:
            assert self._process is not None and self._process.poll() is None, self.output()
            return self._ready.read_text().strip() if self._ready.exists() else None
        self.url = f"http://127.0.0.1:{until(port, within=20, what='the node listens')}"
        return self

    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, number)
            self._process.wait(timeout=10)
        self._client.close()
        self._client = http_client()

    # What is asked

    def post(self, path: str, body: dict, timeout: float = 10) -> httpx.Response:
        return self._client.post(self.url + path, json=body, timeout=timeout)

    def rpc(
        self, method: str, parameters: dict | list | None = None, timeout: float = 10
    ) -> object:
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters or []}
        answer = self.post("/", question, timeout).json()
        if "error" in answer:
            raise Refused(answer["error"]["message"])
        return answer["result"]

    def graphql(self, query: str, variables: dict | None = None, timeout: float = 10) -> dict:
        question = {"query": query, "variables": variables or {}}
        answer = self.post("/graphql", question, timeout).json()
        if answer.get("errors"):
            raise Refused(answer["errors"][0]["message"])
        return answer["data"]

    def control(self, method: str, **parameters: object) -> object:
        return self.rpc(f"mock_{method}", parameters)

    def fail(self, *rules: dict, seed: int = 1) -> None:
        """Each rule: `fault`, and what it has beside; it strikes always where nothing is said."""
        self.control("setFaults", seed=seed, rules=[{"probability": 1, **rule} for rule in rules])

    # What is done

    def wallet(self, amount: int = 10_000_000_000) -> Ed25519Wallet:
        """A new one, with SUI."""
        wallet = Ed25519Wallet()
        self.control("mint", address=wallet.address, coinType=SUI, amount=amount)
        return wallet

    def gas(self, wallet: Ed25519Wallet) -> dict:
        return self.rpc("suix_getCoins", [wallet.address, SUI, None, 50])["data"][0]

    def payment(self, wallet: Ed25519Wallet, **options: int) -> "Signed":
        return Signed(wallet, payment(
            wallet.address, self.gas(wallet), 1, wallet.address, **options))

    def operator_creation(self, wallet: Ed25519Wallet) -> "Signed":
        """An operator of its own, which emits one event of the escrow package."""
        owner = raw_address(wallet.address)
        package = self.control("info")["escrowPackage"]
        return Signed(wallet, move_call(
            wallet.address, self.gas(wallet), package, "account", "create_operator",
            [owner, owner]))

    def execute(self, signed: "Signed", wire: str, timeout: float = 10) -> str:
        """The digest it is answered with."""
        if wire == "graphql":
            effects = self.graphql(
                EXECUTE, {"tx": signed.text, "sigs": [signed.signature]},
                timeout)["executeTransaction"]["effects"]
            if effects["status"] != "SUCCESS":
                raise Failed(effects["executionError"]["message"])
            return effects["digest"]
        done = self.rpc(
            "sui_executeTransactionBlock",
            [signed.text, [signed.signature], {"showEffects": True}, "WaitForEffectsCert"],
            timeout)
        if done["effects"]["status"]["status"] != "success":
            raise Failed(done["effects"]["status"]["error"])
        return done["digest"]

    def has_read_all(self) -> bool:
        """Whether nothing that was sent to it waits to be read."""
        port = f":{int(self.url.rsplit(':', 1)[1]):04X}"
        sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return not any(int(queues.split(":")[1], 16) for _, local, _, _, queues, *_ in sockets
                       if local.endswith(port))

    def has(self, digest: str, wire: str) -> bool:
        if wire == "graphql":
            found = self.graphql(
                "query($d: String!) { transaction(digest: $d) { digest } }", {"d": digest})
            return found["transaction"] is not None
        [found] = self.rpc("sui_multiGetTransactionBlocks", [[digest], {"showEffects": True}])
        return "errors" not in found


class Signed:
    """Bytes that can be sent any number of times."""

    def __init__(self, wallet: Ed25519Wallet, transaction: bytes) -> None:
        self.digest = transaction_digest(transaction)
        self.text = base64.b64encode(transaction).decode()
        self.signature = wallet.sign_transaction(transaction)
