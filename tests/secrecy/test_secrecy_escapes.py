"""A secret is taken out of a text of others however it is escaped there."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable

import pytest

from revox_sync.secrecy import escapes
from revox_sync.secrecy.redactor import Redactor, shown_line
from revox_sync.secrecy.urls import MASK

#: Every class of characters that is escaped in a way of its own.
SECRET = "n3w\"Kq'7é/Z r2\\Wx9+L%41p4&Mv8😀#"


def _in_utf16(one: str) -> str:
    units = one.encode("utf-16-be").hex()
    return "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _in_bytes(one: str, mark: str) -> str:
    return "".join(f"{mark}{byte:02x}" for byte in one.encode())


#: How one character is escaped, by the kind of escape.
KINDS: dict[str, Callable[[str], str]] = {
    "JSON": lambda one: json.dumps(one)[1:-1],
    "JSON, slashes, too": lambda one: json.dumps(one, ensure_ascii=False)[1:-1].replace("/", r"\/"),
    "JSON, all": _in_utf16,
    "JSON, all, in capitals": lambda one: _in_utf16(one).upper().replace("U", "u"),
    "JavaScript": lambda one: rf"\u{{{ord(one):x}}}",
    "Python": lambda one: rf"\U{ord(one):08x}",
    "bytes": lambda one: _in_bytes(one, r"\x"),
    "URL": lambda one: _in_bytes(one, "%"),
    "URL, in capitals": lambda one: _in_bytes(one, "%").upper(),
    "form": lambda one: {" ": "+"}.get(one, _in_bytes(one, "%")),
    "HTML, decimal": lambda one: f"&#{ord(one)};",
    "HTML, with zeros": lambda one: f"&#000{ord(one)};",
    "HTML, hexadecimal": lambda one: f"&#x{ord(one):x};",
    "HTML, in capitals": lambda one: f"&#X{ord(one):04X};",
    "HTML, by name": lambda one: {"&": "&amp;", '"': "&quot;", "é": "&eacute;"}.get(one, one),
    "Markdown": lambda one: one if one.isalnum() or one == " " else f"\\{one}",
}


def escaped(text: str, kind: str) -> str:
    return "".join(map(KINDS[kind], text))


@pytest.mark.parametrize("outer", KINDS)
def test_a_secret_is_found_in_escapes_within_escapes(outer: str) -> None:
    for inner in KINDS:
        quoted = escaped(escaped(SECRET, inner), outer)
        assert Redactor([SECRET])(f"bad value ({quoted}), sorry") == f"bad value ({MASK}), sorry"


@pytest.mark.parametrize("seed", range(30))
def test_a_secret_is_found_whatever_is_escaped_of_it(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    ways = [lambda one: one, *(way for kind, way in KINDS.items() if kind != "form")]
    quoted = SECRET
    for _ in range(2):
        pieces = [(one, chance.choice(ways)(one)) for one in quoted]
        # What would be read as the beginning of an escape is escaped in any case.
        quoted = "".join(
            _in_utf16(one) if one == piece and one in "\\%&" else piece for one, piece in pieces
        )
    assert Redactor([SECRET])(f"bad value ({quoted}), sorry") == f"bad value ({MASK}), sorry"


@pytest.mark.parametrize(
    "quoted",
    [
        "&#115&#101&#99&#114&#101&#116&#45&#119&#111&#114&#100",
        "&#x73;e&#99;r&#x0065;t&amp;#45;w&#111;rd",
        "s%65cr%2565t%2Dword",
        "%u0073%u0065cret-word",
        r"\163\145\143ret-word",
        r"secret\-word",
        "c2VjcmV0LXdvcmQ=",
        "c2VjcmV0LXdvcmQ%3D",
        r"c2VjcmV0LXdvcmQ\u003d",
    ],
)
def test_a_plain_secret_is_found(quoted: str) -> None:
    assert Redactor(["secret-word"])(f"{{{quoted}}}").startswith(f"{{{MASK}")


@pytest.mark.parametrize(
    "quoted",
    [
        *("SK-HUNTER2-CANARY", "sk-hunter2-canary", "sK-hUNTER2-cANARY", "Sk-Hunt\ner2-Canary"),
        *(
            "Sk-Hunt\\r\\n er2-Canary",
            "S k - H u n t e r 2 - C a n a r y",
            "Sk\u200b-Hunter2-Canary",
        ),
        b"Sk-Hunter2-Canary".hex(),
        b"Sk-Hunter2-Canary".hex(" ").upper(),
        "Sk-Hunter2",
    ],
)
def test_a_key_is_found_in_other_letters_cut_wrapped_and_in_digits(quoted: str) -> None:
    assert Redactor(["Sk-Hunter2-Canary"])(f"bad ({quoted}…), sorry") == f"bad ({MASK}…), sorry"


def test_the_beginning_of_a_text_with_a_secret_is_none() -> None:
    redact = Redactor(["https://h.example.com/calls?token=hunter2", f"Be kind. {'x' * 200}"])
    assert redact("https://h.example.com/ Be kind. xxx") == "https://h.example.com/ Be kind. xxx"


@pytest.mark.parametrize("quoted", ["cl%E9-hunter2", r"cl\xe9-hunter2", "cl%C3%A9-hunter2"])
def test_bytes_that_are_no_utf_8_are_characters(quoted: str) -> None:
    assert Redactor(["clé-hunter2"])(f"no such key: {quoted}") == f"no such key: {MASK}"


def test_a_character_of_two_halves_is_one() -> None:
    for quoted in (r"\ud83d\ude00-hunter2", r"\uD83D\uDE00-hunter2", r"\u{1f600}-hunter2"):
        assert Redactor(["😀-hunter2"])(f"no such key: {quoted}") == f"no such key: {MASK}"


def test_a_text_with_escapes_and_no_secret_comes_back_as_it_was() -> None:
    text = r'{"error": "50% \u00e9 \/ %41 &amp; &#115; \n \x \u12 \U00ffffff \u{110000}"}'
    assert Redactor([SECRET])(text) == text


@pytest.mark.parametrize("fault", ["nothing is unescaped", "one level is", "one kind is not"])
def test_a_planted_fault_is_noticed(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    if fault == "one kind is not":
        monkeypatch.setattr(
            escapes, "_ESCAPE", escapes.re.compile(escapes._ESCAPE.pattern.replace("&#[0-9]", "&!"))
        )
    else:
        monkeypatch.setattr(escapes, "_LEVELS", 0 if fault == "nothing is unescaped" else 1)
    with pytest.raises(AssertionError):
        test_a_secret_is_found_in_escapes_within_escapes("HTML, decimal")


@pytest.mark.parametrize(
    "piece",
    [
        *("\\", "%41", "%25", "&", "&#115;", "&amp;", "&#", "'", '"', " ", "://", "x.y-", "eyJ"),
        *("https://", "@", "a&", "{{", "Bearer ", "sk-", " -----BEGIN PRIVATE KEY-----", r"\u00"),
    ],
)
def test_a_long_text_takes_no_time(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    began = time.process_time()
    Redactor(["Kq7Zr2Wx9"])(text)
    Redactor(["Kq7Zr2Wx9"])(f"https://h?{text}")
    shown_line(text, 1)
    assert time.process_time() - began < 2
