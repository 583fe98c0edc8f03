"""A node between a gateway and the simulated one, whose answers a test changes."""

import base64
import binascii
from collections.abc import Callable

from .answering import AnsweringServer
from .client import http_client

Alter = Callable[[dict, dict], dict]


class AlteredNode(AnsweringServer):
    """Passes on what it is asked; `alter` is given each question and the true answer, and what it
    returns is answered. What `withhold` says yes to is not passed on: `alter` then is given an
    empty answer. Remembers the questions."""

    def __init__(self, target: str) -> None:
        self.alter: Alter = lambda question, answer: answer
        self.withhold: Callable[[dict], bool] = lambda question: False
        self.asked: list[dict] = []
        self._target = target
        self._client = http_client(timeout=30)
        super().__init__()
        self.url = self.base

    def reply(self, path: str, headers: dict[str, str], question: dict) -> tuple[int, dict]:
        self.asked.append(question)
        true = {} if self.withhold(question) else self._client.post(
            self._target + path, json=question).json()
        return 200, self.alter(question, true)

    def settings(self, settings: dict[str, str]) -> dict[str, str]:
        """Those of the simulated node, with this one in its place."""
        urls = {"SUI_GRAPHQL_URLS": self.url + "/graphql", "SUI_JSON_RPC_URLS": self.url}
        return {name: urls.get(name, value) for name, value in settings.items()}

    def asked_for(self, *names: str) -> list[dict]:
        return [question for question in self.asked if is_about(question, *names)]


def is_about(question: dict, *names: str) -> bool:
    """Whether it is a JSON-RPC method or a field of GraphQL's of one of these names."""
    return question.get("method") in names or any(
        name in question.get("query", "") for name in names)


def swapped(value: object, old: str, new: str) -> object:
    """An answer with one text in the place of another, in its texts and, where both are hex of
    bytes, in its Base64 too."""
    if isinstance(value, dict):
        return {name: swapped(member, old, new) for name, member in value.items()}
    if isinstance(value, list):
        return [swapped(member, old, new) for member in value]
    if not isinstance(value, str):
        return value
    if old in value:
        return value.replace(old, new)
    try:
        raw_old, raw_new = (bytes.fromhex(text.removeprefix("0x")) for text in (old, new))
        content = base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        return value
    return base64.b64encode(content.replace(raw_old, raw_new)).decode() \
        if raw_old in content else value
