#!/usr/bin/env python3
"""Starts the stack, signs in a wallet made on the spot, and shows what was said.

Needs PyNaCl. The binary is `SLUICE_BINARY`, else the build in `.build/release`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NoReturn

import nacl.signing

START_SECONDS = 60
REPOSITORY = Path(__file__).resolve().parents[2]
COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if COLOURED else text


def say(text: str = "") -> None:
    print(text, flush=True)


class DemoFailed(Exception):
    """What went wrong, in words for whoever runs the demo."""


class Wallet:
    """An Ed25519 key and its Sui address."""

    def __init__(self) -> None:
        self._key = nacl.signing.SigningKey.generate()
        self._public = bytes(self._key.verify_key)
        self.address = "0x" + hashlib.blake2b(b"\x00" + self._public, digest_size=32).hexdigest()

    def sign(self, message: str) -> str:
        """Sui's Base64 of flag, signature and public key over a personal message."""
        content = message.encode()
        length, count = b"", len(content)
        while True:
            count, low = count >> 7, count & 0x7F
            length += bytes([low | (0x80 if count else 0)])
            if not count:
                break
        digest = hashlib.blake2b(b"\x03\x00\x00" + length + content, digest_size=32).digest()
        signature = self._key.sign(digest).signature
        return base64.b64encode(b"\x00" + signature + self._public).decode()


class Stack:
    """`sluice dev` in a temporary directory, until the end of the `with` block."""

    def __init__(self) -> None:
        named = os.environ.get("SLUICE_BINARY")
        self._binary = Path(named) if named else REPOSITORY / ".build/release/sluice"
        self._directory = tempfile.TemporaryDirectory(prefix="sluice-demo-")
        self._state = Path(self._directory.name) / "state"
        self._log = Path(self._directory.name) / "dev.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        """The gateway's URL, once it is ready."""
        if not self._binary.is_file():
            raise DemoFailed(f"{self._binary} is not there; run `make build` first")
        command = [str(self._binary), "dev", "--state-dir", str(self._state)]
        for part in ("gateway", "node", "manager", "intake"):
            command += [f"--{part}-port", str(free_port())]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            return self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise

    def _wait_until_ready(self) -> str:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        pause = threading.Event()
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise DemoFailed(
                    f"`sluice dev` ended with {self._process.returncode}:\n{self._tail()}")
            try:
                return json.loads((self._state / "ready.json").read_text())["gateway"]
            except FileNotFoundError:
                pause.wait(0.05)
        raise DemoFailed(f"the stack was not ready in {START_SECONDS} s:\n{self._tail()}")

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._directory.cleanup()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Page:
    """A browser's page of our own: keeps cookies, sends its origin, shows what is said."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._cookies: dict[str, str] = {}

    def call(
        self, method: str, path: str, body: dict | None = None, expect: int = 200
    ) -> dict:
        content = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._gateway + path, content, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if method != "GET":
            request.add_header("Origin", self._gateway)
        if self._cookies:
            request.add_header(
                "Cookie", "; ".join(f"{name}={value}" for name, value in self._cookies.items()))
        say(paint(f"→ {method} {path}", "1;36") + ("  " + short(body) if body else ""))
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        except OSError as error:
            raise DemoFailed(f"{method} {path}: {error}") from None
        with answer:
            text = answer.read().decode()
            self._keep(answer.headers.get_all("Set-Cookie") or [])
        found = json.loads(text) if text else {}
        colour = "1;32" if answer.status == expect else "1;31"
        say(paint(f"← {answer.status} {answer.reason}", colour) + "  " + short(found))
        say()
        if answer.status != expect:
            raise DemoFailed(f"{method} {path} answered {answer.status}, not {expect}: {text}")
        return found

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            name, _, value = line.split(";", 1)[0].partition("=")
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)


def short(value: object) -> str:
    """One line; long texts are cut in the middle."""
    def cut(part: object) -> object:
        if isinstance(part, str):
            flat = part.replace("\n", "⏎")
            return flat if len(flat) <= 44 else f"{flat[:28]}…{flat[-12:]}"
        if isinstance(part, dict):
            return {name: cut(inner) for name, inner in part.items()}
        if isinstance(part, list):
            return [cut(inner) for inner in part]
        return part

    return json.dumps(cut(value), ensure_ascii=False) if value else ""


def tell(gateway: str) -> None:
    """From a new key to a signed-in customer, and out again."""
    wallet, page = Wallet(), Page(gateway)
    say(f"A new wallet: {paint(wallet.address, '1')}")
    say()
    challenge = page.call(
        "POST", "/v1/auth/challenge", {"address": wallet.address}, expect=201)
    say("The text that the wallet shows and signs:")
    for line in challenge["message"].splitlines():
        say(paint("  │ " + line, "2"))
    say()
    signed_in = page.call("POST", "/v1/auth/verify", {
        "nonce": challenge["nonce"], "signature": wallet.sign(challenge["message"])})
    if signed_in["customer"]["walletAddress"] != wallet.address:
        raise DemoFailed("the session is somebody else's")
    page.call("PATCH", "/v1/customer", {"displayName": "Ada"})
    page.call("GET", "/v1/customer")
    page.call("POST", "/v1/auth/refresh")
    page.call("GET", "/v1/auth/sessions")
    page.call("GET", "/.well-known/jwks.json")
    say("The same signature a second time opens nothing:")
    page.call("POST", "/v1/auth/verify", {
        "nonce": challenge["nonce"], "signature": wallet.sign(challenge["message"])}, expect=401)
    page.call("POST", "/v1/auth/logout", expect=204)


def stop_politely(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def main() -> int:
    signal.signal(signal.SIGTERM, stop_politely)
    try:
        say("Starting a database and a gateway of their own …")
        with Stack() as gateway:
            say(f"Ready at {gateway}")
            say()
            tell(gateway)
        say(paint("Signed in, looked around, signed out. Everything is stopped.", "1;32"))
        return 0
    except DemoFailed as failure:
        print(paint(f"The demo failed: {failure}", "1;31"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
