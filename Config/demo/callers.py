"""Who calls the gateway: a page in a customer's browser, and a service of the operator's."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request

from terminal import DemoFailed, paint, say, short


class Caller:
    """Sends JSON and shows what is said."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway

    def call(
        self, method: str, path: str, body: dict | None = None, expect: int = 200,
        aloud: bool = True, key: str | None = None,
    ) -> dict:
        """
        - key: the Idempotency-Key.
        - aloud: whether the request and its answer are shown.
        """
        content = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.gateway + path, content, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if key is not None:
            request.add_header("Idempotency-Key", key)
        self._introduce(request, content or b"", key or "")
        if aloud:
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
        if aloud:
            colour = "1;32" if answer.status == expect else "1;31"
            say(paint(f"← {answer.status} {answer.reason}", colour) + "  " + short(found))
            say()
        if answer.status != expect:
            raise DemoFailed(f"{method} {path} answered {answer.status}, not {expect}: {text}")
        return found

    def _introduce(self, request: urllib.request.Request, content: bytes, key: str) -> None:
        raise NotImplementedError

    def _keep(self, lines: list[str]) -> None:
        """Of what the answer sets."""


class Page(Caller):
    """A page of our own: keeps cookies and sends its origin."""

    def __init__(self, gateway: str) -> None:
        super().__init__(gateway)
        self._cookies: dict[str, str] = {}

    def _introduce(self, request: urllib.request.Request, content: bytes, key: str) -> None:
        if request.method != "GET":
            request.add_header("Origin", self.gateway)
        if self._cookies:
            request.add_header(
                "Cookie", "; ".join(f"{name}={value}" for name, value in self._cookies.items()))

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            name, _, value = line.split(";", 1)[0].partition("=")
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)


class Service(Caller):
    """The operator's billing worker, with a key of `sluice keys service add`."""

    def __init__(self, gateway: str, key: dict) -> None:
        super().__init__(gateway)
        self._id, self._secret = key["id"], key["secret"]

    def _introduce(self, request: urllib.request.Request, content: bytes, key: str) -> None:
        at, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
        lines = [
            self._id, request.method, request.selector, request.host, at, nonce, key,
            hashlib.sha256(content).hexdigest(),
        ]
        code = hmac.new(self._secret.encode(), "\n".join(lines).encode(), hashlib.sha256)
        request.add_header("Authorization", f"Bearer {self._id}")
        request.add_header("X-Timestamp", at)
        request.add_header("X-Nonce", nonce)
        request.add_header("X-HMAC-Signature", code.hexdigest())
