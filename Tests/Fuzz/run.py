#!/usr/bin/env python3
"""Builds the fuzz targets, runs each for a while, and fails on the first kind of trouble.

    Tests/Fuzz/run.py --seconds 3            every target for 3 seconds
    Tests/Fuzz/run.py --total-seconds 300    5 minutes shared among the targets
    Tests/Fuzz/run.py --target json          only this one
    Tests/Fuzz/run.py --target json --input FILE    runs one input again, as after a crash
"""

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "Corpus"
VECTORS = HERE.parents[1] / "Vectors"
FOUND = HERE / ".build" / "found"
# Backtraces would run Swift's crash handler inside AddressSanitizer's; leaks are not looked for,
# because the Swift runtime keeps memory until the end of the process.
ENVIRONMENT = {
    **os.environ, "SWIFT_BACKTRACE": "enable=no",
    "ASAN_OPTIONS": "detect_leaks=0:handle_segv=1:allocator_may_return_null=1",
}
BUILD = ["swift", "build", "--package-path", str(HERE), "-c", "release"]


@dataclass
class Outcome:
    target: str
    executions: int
    seconds: float
    status: int
    output: str


def build() -> Path:
    """The path of the built executable."""
    built = subprocess.run(BUILD, env=ENVIRONMENT, capture_output=True, text=True, timeout=900)
    if built.returncode != 0:
        # Standard error has pages on the files left out on purpose.
        shown = built.stdout if "error:" in built.stdout else built.stderr
        sys.exit(f"the fuzz targets do not build:\n{shown[:8000]}")
    shown = subprocess.run(
        [*BUILD, "--show-bin-path"], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return Path(shown.stdout.strip()) / "Fuzz"


def write_vectors(directory: Path) -> None:
    """The signature vectors, good and refused, in the form that the target reads."""
    for file in sorted(VECTORS.glob("*/*.json")):
        for case in json.loads(file.read_text()).get("cases", []):
            if not isinstance(case.get("message_base64"), str) or "signature_base64" not in case:
                continue
            message, text = base64.b64decode(case["message_base64"]), case["signature_base64"]
            if len(message) > 400 or len(text) > 4096:
                continue
            head = len(message).to_bytes(2, "big") + message
            name = f"{file.parent.name}-{file.stem}-{case['id']}".replace("/", "-")
            (directory / f"{name}-text").write_bytes(head + text.encode())
            try:
                (directory / name).write_bytes(head + base64.b64decode(text, validate=True))
            except ValueError:
                continue  # A vector whose point is its text.


def write_transactions(directory: Path) -> None:
    """The vectors of transactions, good and refused, as bytes."""
    for file in sorted(VECTORS.glob("*/*.json")):
        for case in json.loads(file.read_text()).get("cases", []):
            if not isinstance(case.get("transaction_data_base64"), str):
                continue
            name = f"{file.parent.name}-{file.stem}-{case['id']}".replace("/", "-")
            (directory / name).write_bytes(base64.b64decode(case["transaction_data_base64"]))


def fuzz(executable: Path, target: str, seconds: float) -> Outcome:
    """New inputs go to a directory that is thrown away; crashes are kept in `.build/found`."""
    artifacts = FOUND / target
    artifacts.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sluice-fuzz-") as growing:
        if target == "signature":
            write_vectors(Path(growing))
        if target == "transaction":
            write_transactions(Path(growing))
        run = subprocess.run(
            [executable, target, growing, CORPUS / target, f"-max_total_time={max(1, round(seconds))}",
             "-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-len_control=20",
             "-print_final_stats=1", f"-artifact_prefix={artifacts}/"],
            env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            timeout=seconds + 60)
    output = run.stdout.decode(errors="replace")
    counted = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
    return Outcome(
        target, int(counted.group(1)) if counted else 0, time.monotonic() - started,
        run.returncode, output)


def report(outcome: Outcome) -> bool:
    """Prints the target's line; true when nothing was found."""
    passed = outcome.status == 0 and outcome.executions > 0
    print(f"{'ok  ' if passed else 'FAIL'} {outcome.target:<12} {outcome.executions:>10,} executions "
          f"in {outcome.seconds:5.1f} s", flush=True)
    if not passed:
        print(outcome.output[-6000:])
    return passed


def run_again(executable: Path, target: str, file: Path) -> int:
    return subprocess.run([executable, target, file], env=ENVIRONMENT, check=False).returncode


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, default=3, help="for each target")
    length.add_argument("--total-seconds", type=float, help="shared among the targets")
    parser.add_argument("--target", choices=sorted(path.name for path in CORPUS.iterdir()))
    parser.add_argument("--input", type=Path, help="one input to run again; needs --target")
    parser.add_argument("--build", action="store_true", help="and no more")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if options.input and not options.target:
        sys.exit("--input needs --target")
    started = time.monotonic()
    executable = build()
    print(f"built in {time.monotonic() - started:.1f} s", flush=True)
    if options.build:
        return 0
    if options.input:
        return run_again(executable, options.target, options.input)
    targets = [options.target] if options.target else sorted(path.name for path in CORPUS.iterdir())
    seconds = options.seconds
    if options.total_seconds:
        seconds = options.total_seconds * min(options.jobs, len(targets)) / len(targets)
    shutil.rmtree(FOUND, ignore_errors=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = pool.map(lambda target: fuzz(executable, target, seconds), targets)
        passed = [report(outcome) for outcome in outcomes]
    print(f"fuzz: {sum(passed)} of {len(passed)} targets found nothing, "
          f"{time.monotonic() - started:.1f} s")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
