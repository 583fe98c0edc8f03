#!/usr/bin/env python3
"""Makes the vectors and SOURCES.md; `--check` only says whether they would change."""

import json
import sys
from pathlib import Path

from makers import (
    encoding, multisig, passkey, published, refusals, simple, sources, transactions, zklogin)
from makers.cases import Cases
from makers.codec import ED25519, SECP256K1, SECP256R1

ROOT = Path(__file__).resolve().parent


def make() -> dict[str, Cases | transactions.Transactions]:
    return {
        "fastcrypto/personal_message.json": simple.fastcrypto_personal_message(),
        "fastcrypto/transaction.json": simple.fastcrypto_transaction(),
        "pynacl/personal_message.json": simple.library_personal_message(ED25519),
        "coincurve/personal_message.json": simple.library_personal_message(SECP256K1),
        "cryptography/personal_message.json": simple.library_personal_message(SECP256R1),
        "derived/text.json": encoding.texts(),
        "derived/length.json": encoding.lengths(),
        "derived/content.json": refusals.wrong_content(),
        "derived/scalar.json": refusals.scalars(),
        "derived/public_key.json": refusals.public_keys(),
        "derived/small_order.json": refusals.small_order(published.small_order_encodings()),
        "derived/multisig.json": multisig.good(),
        "derived/multisig_refused.json": multisig.refusals(),
        "derived/multisig_zklogin.json": multisig.zklogin_members(),
        "derived/passkey.json": passkey.good(),
        "derived/passkey_refused.json": passkey.refusals(),
        "derived/zklogin.json": zklogin.structure(),
        "derived/zklogin_refused.json": zklogin.refusals(),
        "pysui/transaction_data.json": transactions.random_transactions(),
        "pysui/escrow_calls.json": transactions.escrow(),
        "derived/transaction_data_refused.json": transactions.refusals(),
    }


def render(files: dict[str, dict]) -> dict[Path, bytes]:
    rendered = {
        ROOT / name: (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
        for name, content in files.items()
    }
    rendered[ROOT / "SOURCES.md"] = sources.document(files).encode()
    return rendered


def require(files: dict[str, dict]) -> None:
    cases = [case for content in files.values() for case in content["cases"]]
    refused = [case for case in cases if not case["valid"]]
    assert len(cases) >= 150 and len(refused) >= 100, (len(cases), len(refused))
    assert all(case["reason"] for case in refused)


def main() -> int:
    if sys.argv[1:] not in ([], ["--check"]):
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    published.check()
    transactions.check_published()
    files = {name: cases.document() for name, cases in make().items()}
    require(files)
    rendered = render(files)
    stale = [p for p, data in rendered.items() if not p.exists() or p.read_bytes() != data]
    if sys.argv[1:] == ["--check"]:
        for path in stale:
            print(f"would change: {path.relative_to(ROOT)}", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(rendered[path])
    total = sum(len(content["cases"]) for content in files.values())
    print(f"vectors: {total} cases in {len(files)} files, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
