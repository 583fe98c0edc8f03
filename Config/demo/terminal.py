"""How the demo speaks to whoever watches."""

from __future__ import annotations

import json
import os
import sys

COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ


class DemoFailed(Exception):
    """What went wrong, in words for whoever runs the demo."""


def paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if COLOURED else text


def say(text: str = "") -> None:
    print(text, flush=True)


def chapter(title: str) -> None:
    say(paint(title, "1;4"))
    say()


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


def dollars(units: str) -> str:
    """Micro-USDC as people write it."""
    whole, part = divmod(int(units), 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0").ljust(len(str(whole)) + 3, "0") + " USDC"
