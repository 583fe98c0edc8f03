"""SOURCES.md: where each file comes from."""

HEAD = """\
# Vectors

Known answers and known refusals of Sui signatures and transactions. `python Vectors/generate.py` makes all
files but those in `published/`; the same libraries give the same bytes. `--check` fails when a
file would change. Each file is read by a test, and a rule in `Tests/RepositoryTests` says so.

A case has `id`, `scheme`, `address`, `message_base64` or `tx_base64`, `signature_base64`,
`valid`, and `reason`: the stable reason of the refusal, null when valid. The names are those
that `sluice verify message --jsonl` and `sluice verify transaction --jsonl` read.
`needs_node` is the reason where a local verdict ends: the signature is well formed, belongs to
the address and is signed by its ephemeral key; only a node can check the proof.

A case of a transaction has `id`, `transaction_data_base64` and `digest`; where the bytes are
refused, `reason` has the words of the refusal.

## Made here

Keys are the SHA-256 of `sluice vectors <scheme> <label>`. Good signatures of the simple schemes
and of passkeys are verified by fastcrypto before they are written, refusals of them are
refused by it (the small-order keys excepted: it accepts all fourteen, and that is the point).
No library at hand judges a multisig whole. The good ones are assembled by the generator from
member signatures that fastcrypto accepts one by one; the two published ones hold their layout
and address, while what they sign is not published.

| file | cases | refused | made by |
| --- | --- | --- | --- |
"""

TAIL = """\

Libraries: `pysui-fastcrypto` (Mysten Labs' fastcrypto, Apache-2.0), `PyNaCl` (libsodium),
`coincurve` (libsecp256k1), `cryptography` (OpenSSL), `pysui` (transactions; its version 1.5.1
writes the type tags of vectors wrongly, so none are in its files). Versions: `requirements.txt`.
ECDSA nonces follow RFC 6979, so a newer version of a library changes nothing.

## Copied

Values published by Mysten Labs under Apache-2.0, taken as data; each item names its file.
ts-sdks is at commit 03fe26bfefd998203faf7767f3fa107dc484117d, sui-rust-sdk at
d71f9d6f788afc6b30baef85a342e0e7867c0019. The generator holds signatures against fastcrypto and transactions
against pysui.

| file | content | origin |
| --- | --- | --- |
| `published/addresses.json` | addresses of keys, mnemonics and zkLogin seeds | `mnemonics` and `zklogin`: ts-sdks. `keys`: made with fastcrypto. `text_forms`: this project's rule |
| `published/bcs.json` | values, type tags and Base58 digests, and what is refused | computed, compared with the code of ts-sdks |
| `published/ed25519_small_order.json` | the fourteen encodings of points of small order | computed; the values are mathematics |
| `published/multisig.json` | multisig layouts, legacy ones and one with every kind of member | sui-rust-sdk |
| `published/passkey.json` | passkey signatures, one with an old challenge | sui-rust-sdk, ts-sdks |
| `published/personal_message.json` | personal-message signatures | sui-rust-sdk |
| `published/schema.graphql` | the GraphQL schema, whole: every query of the node client is held to it | ts-sdks: packages/sui/src/graphql/generated/schema.graphql |
| `published/transaction_data.json` | transactions with their digests | sui-rust-sdk, ts-sdks, and MystenLabs/sui at 003387f11cb76a2278e2a5b3150815d8ddf61ef5 |
| `published/transactions.json` | transaction signatures | sui-rust-sdk, ts-sdks |
| `published/uleb128.json` | ULEB128 as BCS has it | computed, compared with the code of ts-sdks |
| `published/verify_signature.graphql` | the part of the GraphQL schema that the node client uses | ts-sdks: packages/sui/src/graphql/generated/schema.graphql |
| `published/zklogin.json` | zkLogin signatures, and proof inputs with their test key | sui-rust-sdk |
"""


def document(files: dict[str, dict]) -> str:
    rows = []
    for name, content in files.items():
        cases = content["cases"]
        refused = sum(not case["valid"] for case in cases)
        rows.append(f"| `{name}` | {len(cases)} | {refused} | {content['made_by']} |\n")
    cases = [case for content in files.values() for case in content["cases"]]
    total = f"| all | {len(cases)} | {sum(not case['valid'] for case in cases)} | |\n"
    return HEAD + "".join(rows) + total + TAIL
