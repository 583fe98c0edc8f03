"""Sign-ins per second, against pgbench doing the same statements on the same cluster."""

import json
import re
import subprocess

from support.cluster import binaries
from support.gateway import PUBLIC_URL

from .figures import Figure, ratio
from .stage import HERE, LIVE_LIMIT, Stage, compile_c

CLIENTS = 32
# Connections of the gateway, its default; pgbench has one for each client.
POOL = 16
WALLETS = 1000
AGENT = "sluice-bench"
MESSAGE = (HERE / "message.txt").read_text().rstrip("\n")


def sign_ins(stage: Stage, seconds: float, rounds: int) -> list[Figure]:
    """In turns, after one warm-up each; every round's ratio counts once."""
    load = compile_c(HERE / "LoadGenerator" / "load.c", "sodium")
    database, base = stage.database(), stage.database()
    gateway = stage.gateway(database, SLUICE_DATABASE_POOL=str(POOL)).start()
    try:
        ours, theirs, latency = [], [], []
        for warm in [True] + [False] * rounds:
            length = min(seconds, 3) if warm else seconds
            result = _load(load, gateway.port, length)
            transactions = _pgbench(base, length)
            if not warm:
                ours.append(result["perSecond"])
                theirs.append(transactions)
                latency.append(result)
    finally:
        gateway.stop()
    figure = ratio(f"sign-ins, {CLIENTS} clients, against pgbench", ours, theirs, 0.6, "per second",
                   seconds)
    middle = sorted(latency, key=lambda one: one["p99Ms"])[len(latency) // 2]
    figure.note += f"; {POOL} connections against {CLIENTS}"
    figure.note += f"; median {middle['medianMs']:.1f} ms, p99 {middle['p99Ms']:.1f} ms"
    return [figure]


def _load(program, port: int, seconds: float) -> dict:
    run = subprocess.run(
        [program, str(port), str(CLIENTS), str(seconds), str(WALLETS), PUBLIC_URL],
        capture_output=True, text=True, timeout=seconds + 30)
    if run.returncode != 0:
        raise RuntimeError(f"the load generator failed: {run.stderr}")
    return json.loads(run.stdout)


def _pgbench(database: str, seconds: float) -> float:
    """Transactions per second."""
    variables = {
        "message": MESSAGE, "network": "127.0.0.1", "agent": AGENT, "live_limit": str(LIVE_LIMIT),
        "action": "sign_in_succeeded",
    }
    run = subprocess.run(
        [binaries() / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}",
         "--jobs=2", f"--time={max(1, round(seconds))}", f"--file={HERE / 'sign_in.sql'}",
         *(f"--define={name}={value}" for name, value in variables.items()), database],
        capture_output=True, text=True, timeout=seconds + 60)
    found = re.search(r"^tps = ([\d.]+)", run.stdout, re.MULTILINE)
    failed = re.search(r"number of failed transactions: (\d+)", run.stdout)
    if run.returncode != 0 or not found or (failed and failed.group(1) != "0"):
        raise RuntimeError(f"pgbench failed: {run.stdout}{run.stderr}")
    return float(found.group(1))
