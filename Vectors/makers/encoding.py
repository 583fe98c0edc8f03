"""Refusals of the text form, the flag and the length."""

from makers.cases import Cases
from makers.codec import ED25519, SECP256K1, SECP256R1, b64, message_digest
from makers.keys import Key
from makers.messages import SIGN_IN

MESSAGE = SIGN_IN
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
TEXT_LIMIT = 16384  # Characters; SuiSignature.textLimit.


def _key_with(flag: int, wanted: str) -> Key:
    """The first key whose good signature has all characters of `wanted` in its text."""
    for number in range(1000):
        key = Key(flag, f"encoding {number}")
        text = b64(key.serialized(message_digest(MESSAGE)))
        if all(character in text for character in wanted):
            return key
    raise AssertionError(wanted)


def texts() -> Cases:
    cases = Cases("spellings of a good signature that are not its one spelling", "PyNaCl")
    key = _key_with(ED25519, "+/")
    serialized = key.serialized(message_digest(MESSAGE))
    text = b64(serialized)
    assert text.endswith("==") and len(text) == 132

    def refuse(name: str, changed: str, reason: str = "base64_invalid") -> None:
        cases.add(f"ed25519.{name}", "ed25519", key.address, changed, message=MESSAGE,
                  reason=reason)

    cases.add("ed25519.ok", "ed25519", key.address, text, message=MESSAGE)
    refuse("empty", "", "empty")
    refuse("space", " ")
    refuse("space_before", " " + text)
    refuse("space_after", text + " ")
    refuse("line_feed_after", text + "\n")
    refuse("wrapped_lines", text[:64] + "\n" + text[64:])
    refuse("wrapped_lines_four", text[:64] + "\r\n\r\n" + text[64:])
    refuse("tab_inside", text[:10] + "\t" + text[11:])
    refuse("nul_after", text + "\0")
    refuse("nul_inside", text[:10] + "\0" + text[11:])
    refuse("no_padding", text[:-2])
    refuse("half_padding", text[:-1])
    refuse("more_padding", text + "=")
    refuse("much_padding", text + "====")
    refuse("padding_inside", text[:8] + "==" + text[10:])
    refuse("padding_first", "====" + text)
    refuse("url_alphabet", text.replace("+", "-").replace("/", "_"))
    refuse("url_alphabet_unpadded", text.replace("+", "-").replace("/", "_")[:-2])
    refuse("one_url_character", text.replace("+", "-", 1))
    last = ALPHABET.index(text[-3])
    for bit in [1, 2, 4, 8]:
        refuse(f"padding_bit_{bit}", text[:-3] + ALPHABET[last ^ bit] + "==")
    refuse("non_ascii", text[:10] + "é" + text[11:])
    refuse("full_width", text[:10] + "Ａ" + text[11:])
    refuse("comma", text[:10] + "," + text[11:])
    refuse("quoted", f'"{text}"')
    refuse("data_url", "data:application/octet-stream;base64," + text)
    refuse("hex", serialized.hex())
    refuse("hex_prefixed", "0x" + serialized.hex(), "unknown_flag")
    refuse("base64_twice", b64(text.encode()), "unknown_flag")
    refuse("text_at_limit", "A" * TEXT_LIMIT, "wrong_length")
    refuse("text_over_limit", "A" * (TEXT_LIMIT + 4), "too_long")
    for flag in [SECP256K1, SECP256R1]:
        _one_spare_pair(cases, Key(flag, "encoding"))
    return cases


def _one_spare_pair(cases: Cases, key: Key) -> None:
    text = b64(key.serialized(message_digest(MESSAGE)))
    assert text.endswith("=") and text[-2] != "="
    last = ALPHABET.index(text[-2])
    for bit in [1, 2]:
        cases.add(f"{key.scheme}.padding_bit_{bit}", key.scheme, key.address,
                  text[:-2] + ALPHABET[last ^ bit] + "=", message=MESSAGE,
                  reason="base64_invalid")
    cases.add(f"{key.scheme}.no_padding", key.scheme, key.address, text[:-1], message=MESSAGE,
              reason="base64_invalid")


def lengths() -> Cases:
    """Flags that are none, and bytes too few or too many."""
    cases = Cases("unknown flags and wrong lengths", "PyNaCl, coincurve, cryptography")
    for flag in [ED25519, SECP256K1, SECP256R1]:
        key = Key(flag, "lengths")
        good = key.serialized(message_digest(MESSAGE))

        def refuse(name: str, changed: bytes, reason: str = "wrong_length") -> None:
            cases.add(f"{key.scheme}.{name}", key.scheme, key.address, changed,
                      message=MESSAGE, reason=reason)

        for other in [0x04, 0x07, 0x08, 0x10, 0x7F, 0x80, 0xFF]:
            refuse(f"flag_{other:02x}", bytes([other]) + good[1:], "unknown_flag")
        refuse("flag_only", good[:1])
        refuse("one_short", good[:-1])
        refuse("one_long", good + b"\0")
        refuse("no_key", good[:65])
        refuse("signature_short", good[:64] + good[65:])
        refuse("twice", good + good)
        refuse("first_lost", good[1:], _reason_without_flag(good))
        refuse("length_prefixed", bytes([len(good)]) + good, "unknown_flag")
    key = Key(SECP256K1, "lengths")
    cases.add("ed25519.secp256k1_bytes", "ed25519", key.address,
              bytes([ED25519]) + key.serialized(message_digest(MESSAGE))[1:], message=MESSAGE,
              reason="wrong_length")
    for flag, name in [(3, "multisig"), (5, "zklogin"), (6, "passkey")]:
        cases.add(f"{name}.flag_only", name, key.address, bytes([flag]), message=MESSAGE,
                  reason="bcs_invalid")
    return cases


def _reason_without_flag(good: bytes) -> str:
    assert good[1] > 6 or good[1] == 4, "pick another label"
    return "unknown_flag"
