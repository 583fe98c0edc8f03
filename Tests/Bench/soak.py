#!/usr/bin/env python3
"""Signs wallets in for a long time and watches one gateway's memory; exit 1 on an error or a leak.

    make soak SOAK_SECONDS=3600
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench.stage import HERE, Stage, compile_c  # noqa: E402
from bench.sign_ins import CLIENTS, WALLETS  # noqa: E402
from support.gateway import PUBLIC_URL, Gateway  # noqa: E402

MEBIBYTE = 1 << 20
# Buffers, pools and caches have their size after the first tenth; what grows later is a leak.
ALLOWED_GROWTH = 16 * MEBIBYTE


def watch(load: subprocess.Popen[str], gateway: Gateway, every: float) -> list[int]:
    """Resident bytes at intervals until the load ends."""
    samples = []
    while True:
        samples.append(gateway.resident_bytes())
        print(f"{len(samples) * every:8.0f} s  {samples[-1] / MEBIBYTE:7.1f} MB", flush=True)
        try:
            load.wait(timeout=every)
            return samples
        except subprocess.TimeoutExpired:
            continue


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3600)
    seconds = parser.parse_args().seconds
    program = compile_c(HERE / "LoadGenerator" / "load.c", "sodium")
    stage = Stage()
    try:
        gateway = stage.gateway(stage.database()).start()
        started = time.monotonic()
        load = subprocess.Popen(
            [program, str(gateway.port), str(CLIENTS), str(seconds), str(WALLETS), PUBLIC_URL],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        samples = watch(load, gateway, every=max(1.0, seconds / 60))
        output, errors = load.communicate()
        status = gateway.stop()
    finally:
        stage.close()
    if load.returncode != 0 or status != 0:
        print(f"soak: failed after {time.monotonic() - started:.0f} s: {errors} (gateway {status})")
        return 1
    growth = samples[-1] - samples[len(samples) // 10]
    print(f"soak: {json.loads(output)['signIns']:,} sign-ins in {seconds:.0f} s, "
          f"memory grew by {growth / MEBIBYTE:.1f} MB")
    return 0 if growth <= ALLOWED_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
