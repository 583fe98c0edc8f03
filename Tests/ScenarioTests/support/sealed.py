"""Sealed secrets read without our code: AES-256-GCM in the text form `IV:authTag:ciphertext`."""

import base64
import json
import os
import shutil
import subprocess

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .binary import REPOSITORY

NODE_PROGRAM = REPOSITORY / "Tests/Peers/open_sealed.mjs"


def parts(text: str) -> tuple[bytes, bytes, bytes]:
    """IV, tag and ciphertext; a version such as `v2:` may stand before them."""
    fields = text.split(":")
    if fields[0].startswith("v") and len(fields) == 4:
        fields = fields[1:]
    iv, tag, ciphertext = (base64.b64decode(field, validate=True) for field in fields)
    return iv, tag, ciphertext


def unseal(text: str, key_hex: str, context: str) -> bytes:
    iv, tag, ciphertext = parts(text)
    opener = Cipher(algorithms.AES(bytes.fromhex(key_hex)), modes.GCM(iv, tag)).decryptor()
    opener.authenticate_additional_data(context.encode())
    return opener.update(ciphertext) + opener.finalize()


def seal(plaintext: bytes, key_hex: str, context: str) -> str:
    """As a gateway writes it, under the first key."""
    iv = os.urandom(16)
    sealer = Cipher(algorithms.AES(bytes.fromhex(key_hex)), modes.GCM(iv)).encryptor()
    sealer.authenticate_additional_data(context.encode())
    ciphertext = sealer.update(plaintext) + sealer.finalize()
    fields = (iv, sealer.tag, ciphertext)
    return ":".join(base64.b64encode(field).decode() for field in fields)


def opened_by_node(text: str, key_hex: str, context: str) -> dict | None:
    """`opened`, in hex, and `ivBytes`, as a program on Node's `crypto` finds them; None where it
    refuses."""
    program = shutil.which("node")
    assert program, "Node.js is not installed"
    result = subprocess.run(
        [program, NODE_PROGRAM], capture_output=True, text=True, timeout=20, check=False,
        input=json.dumps({"sealed": text, "key": key_hex, "context": context}))
    return json.loads(result.stdout) if result.returncode == 0 else None
