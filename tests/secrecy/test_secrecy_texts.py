"""User information and query values of URLs are never shown; foreign texts lose every secret."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from revox_sync.secrecy.redactor import Redactor, shown_line
from revox_sync.secrecy.urls import MASK, mask_url, url_secrets
from revox_sync.secrecy.values import credential_name

SECRET = "Kq7Zr2Wx9"

SHOWN = [
    ("https://example.com/hook", "https://example.com/hook"),
    ("https://example.com/hook#part", "https://example.com/hook#part"),
    (f"https://example.com/?token={SECRET}", f"https://example.com/?token={MASK}"),
    (f"https://example.com/?a={SECRET}&b={SECRET}", f"https://example.com/?a={MASK}&b={MASK}"),
    (f"https://example.com/?{SECRET}", f"https://example.com/?{MASK}"),
    (f"https://{SECRET}@example.com/", f"https://{MASK}@example.com/"),
    (f"https://user:{SECRET}@example.com/", f"https://{MASK}@example.com/"),
    (f"HTTPS://user:{SECRET}@example.com", f"HTTPS://{MASK}@example.com"),
    ("https://example.com/?phone={{phone}}", "https://example.com/?phone={{phone}}"),
    ("https://example.com/?a=", "https://example.com/?a="),
    (f"https://{{{{host}}}}/?t={SECRET}", f"https://{{{{host}}}}/?t={MASK}"),
]


@pytest.mark.parametrize(("url", "shown"), SHOWN)
def test_a_url_is_shown_without_what_is_secret_in_it(url: str, shown: str) -> None:
    assert mask_url(url) == shown


def test_the_secrets_of_a_url_are_known_in_the_forms_in_which_they_come_back() -> None:
    found = url_secrets(f"https://user:{SECRET}@e.com/?t=a%2F{SECRET}&u={{{{phone}}}}")
    assert {SECRET, f"user:{SECRET}", f"a%2F{SECRET}", f"a/{SECRET}"} <= found
    assert "{{phone}}" not in found


@pytest.mark.parametrize(
    "text",
    [
        f"bad value {SECRET}",
        f"at https://example.com/?key={SECRET}, no",
        f"'https://u:{SECRET}@example.com'",
        "S3ExWnIyV3g5 S3E3WnIyV3g5",
    ],
)
def test_a_foreign_text_loses_the_secret(text: str) -> None:
    assert SECRET not in Redactor([SECRET])(text)
    assert "S3E3WnIyV3g5" not in Redactor([SECRET])(text)


def test_a_text_without_a_secret_comes_back_as_it_was() -> None:
    assert Redactor([SECRET, "abc", ""])("abc, 400 and {}") == "abc, 400 and {}"


@pytest.mark.parametrize(("before", "shown"), [(0, 0), (1, 2), (2, 3), (3, 4)])
def test_base64_shows_no_character_that_depends_on_the_secret_alone(
    before: int, shown: int
) -> None:
    code = b64encode(b"x" * before + b"hunter2/hunter2" + b"yy").decode()
    assert Redactor(["hunter2/hunter2"])(code).index(MASK) == shown


@pytest.mark.parametrize("ascii_only", [True, False])
def test_base64_of_json_loses_the_secret_in_it(ascii_only: bool) -> None:
    secret = 'clé "hunter2"'
    escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    for before in (b"", b"x", b"xx"):
        code = b64encode(before + escaped.encode() + b"yy").decode()
        assert MASK in Redactor([secret])(code)
        assert Redactor([secret])(code) == Redactor([escaped])(code)


def test_what_is_masked_before_the_caret_keeps_its_length() -> None:
    line = f"webhook_url: https://h/?t={SECRET} # {SECRET}"
    start = line.index(SECRET) + 1
    assert shown_line(line, start) == f"webhook_url: https://h/?t=*** # {SECRET}"
    stars = "*" * len(SECRET)
    assert shown_line(line, start + 1) == f"webhook_url: https://h/?t={stars} # {SECRET}"


def test_secrets_that_overlap_are_masked_as_one() -> None:
    redact = Redactor(["hunter2-abc", "abc-secret", "unter2"])
    assert redact("(hunter2-abc-secret) unter2") == f"({MASK}) {MASK}"
    assert redact("unter2 (hunter2-abc-secret)") == f"{MASK} ({MASK})"
    assert redact("hunter2-abcabc-secret") == MASK * 2


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Redactor(["secret", "secret-part"])("a secret-part b") == f"a {MASK} b"


NAMES = {
    "Authorization": "AUTHORIZATION",
    "authentication": "AUTHENTICATION",
    "apikey": "APIKEY",
    "apiKey": "API_KEY",
    "X-Api-Key": "API_KEY",
    "access_key": "KEY",
    "auth-token": "AUTH_TOKEN",
    "client_secret": "SECRET",
    "password": "PASSWORD",
    "passwd": "PASSWD",
    "pwd": "PWD",
    "Cookie": "COOKIE",
    "credential": "CREDENTIAL",
    "credentials": "CREDENTIALS",
    "sig": "SIG",
    "signature": "SIGNATURE",
    "X-Caller": None,
    "keyboard": None,
    "design": None,
    "author": None,
}


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_a_name_tells_of_a_credential(name: str, kind: str | None) -> None:
    assert credential_name(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        *("api_key", "api-key", "api key", "apikey", "API_KEY", "token", "secret", "password"),
        *("passwd", "authorization", "Authorization", "credential", "credentials"),
    ],
)
def test_a_line_that_names_a_credential_is_not_shown(name: str) -> None:
    assert shown_line(f"  {name}: hunter2", 3) is None
    assert shown_line(f'  "{name}": "hunter2"', 3) is None
    assert shown_line(f"  {name}: ${{secret.CODE}}", 3) == f"  {name}: ${{secret.CODE}}"
