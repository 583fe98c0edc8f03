#!/usr/bin/env python3
"""Measures what the project promises about speed and prints a table; exit 1 on a missed target.

    make bench                          everything, about ten minutes
    Tests/Bench/run.py --only signatures --rounds 3

Needs the release build (`make build`), PostgreSQL's server programs, nginx and wrk. What is
compared shares the machine and runs in turns, so the ratios mean more than the rates.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench.stage import Stage  # noqa: E402
from bench.figures import Figure, table  # noqa: E402
from bench.billing import billing  # noqa: E402
from bench.charging import charging  # noqa: E402
from bench.footprint import footprint  # noqa: E402
from bench.histories import histories  # noqa: E402
from bench.intake import intake  # noqa: E402
from bench.metering import metering  # noqa: E402
from bench.months import months  # noqa: E402
from bench.session_check import session_check  # noqa: E402
from bench.sign_ins import sign_ins  # noqa: E402
from bench.signatures import signatures  # noqa: E402
from bench.vault import vault  # noqa: E402

NAMES = ["signatures", "footprint", "session-check", "sign-ins", "charging", "histories",
         "intake", "metering", "billing", "months", "vault"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=NAMES, action="append", help="may be repeated")
    parser.add_argument("--seconds", type=float, default=5, help="of each run of requests")
    parser.add_argument("--rounds", type=int, default=5,
                        help="runs of each side, of what is compared in turns")
    parser.add_argument("--scale", type=float, default=1,
                        help="of accounts and histories; a smaller one proves nothing")
    return parser.parse_args()


def measure(options: argparse.Namespace, stage: Stage | None) -> list[Figure]:
    parts: dict[str, Callable[[], list[Figure]]] = {
        "signatures": signatures,
        "footprint": lambda: footprint(stage, starts=7),
        "session-check": lambda: session_check(stage, options.seconds, options.rounds),
        "sign-ins": lambda: sign_ins(stage, options.seconds, options.rounds),
        "charging": lambda: charging(stage, options.scale),
        "histories": lambda: histories(stage, options.scale),
        "intake": lambda: intake(stage, options.rounds, options.scale),
        "vault": lambda: vault(stage, options.scale),
        "metering": lambda: metering(stage, options.scale),
        "billing": lambda: billing(stage, options.scale),
        "months": lambda: months(stage, options.scale),
    }
    figures = []
    for name in options.only or NAMES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures += parts[name]()
    return figures


def main() -> int:
    options = arguments()
    stage = None if options.only == ["signatures"] else Stage()
    try:
        figures = measure(options, stage)
    finally:
        if stage:
            stage.close()
    print(f"{os.cpu_count()} CPUs, {platform.machine()}\n")
    print(table(figures))
    missed = [figure for figure in figures if not figure.is_met]
    targets = [figure for figure in figures if figure.limit is not None]
    met = [figure for figure in targets if figure.is_met]
    print(f"\nbench: {len(met)} of {len(targets)} targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
