#!/usr/bin/env python3
"""Starts everything, and lives through a customer's day: signs in, pays in, is charged, leaves."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

from callers import Page
from escrow import escrow
from served import served
from sign_in import sign_in
from stack import Stack
from terminal import DemoFailed, paint, say
from wallet import Wallet


def stop_politely(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def main() -> int:
    signal.signal(signal.SIGTERM, stop_politely)
    try:
        say("Starting a database, a simulated chain, a gateway and a manager of their own …")
        with Stack() as stack:
            gateway = stack.ready["gateway"]
            say(f"Ready at {gateway}")
            say()
            wallet, page = Wallet(), Page(gateway)
            escrow(stack, wallet, page, sign_in(wallet, page))
            served(stack)
        say(paint("Signed in, paid in, charged once, paid out; served, metered, billed. Everything is stopped.", "1;32"))
        return 0
    except DemoFailed as failure:
        print(paint(f"The demo failed: {failure}", "1;31"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
