"""Where a URL holds a credential is one question with one answer, in every command."""

from __future__ import annotations

import time

import pytest
from support.desk import Desk

from revox_sync.secrecy.redactor import Redactor
from revox_sync.secrecy.urls import parts

TOKEN = "Kq7Zr2Wx9Pm4"

#: URLs that hold the token where one can stand. None is of a scheme that the API takes, so that
#: validate shows the line.
URLS = [
    f"ftp://h.example.com/x#access_token={TOKEN}",
    f"ftp://h.example.com/x?access_token={TOKEN}",
    f"ftp://h.example.com/x?{TOKEN}",
    f"ftp://{TOKEN}@h.example.com/x",
    f"ftp://ada:{TOKEN}@h.example.com/x",
    f"ftp://h.example.com/x?a=b&t={TOKEN}#part",
]


@pytest.mark.parametrize("url", URLS)
def test_validate_shows_no_credential_of_a_url(desk: Desk, url: str) -> None:
    desk.project.define(webhook_url=url)
    result = desk.run("validate")
    assert result.code == 1
    assert "ftp://" in result.said
    assert TOKEN not in result.said


@pytest.mark.parametrize("url", URLS)
def test_plan_shows_no_credential_of_a_url(desk: Desk, url: str) -> None:
    desk.project.define(webhook_url=url.replace("ftp:", "https:"))
    result = desk.run("plan")
    assert result.code == 0
    assert "h.example.com" in result.out
    assert TOKEN not in result.said


@pytest.mark.parametrize(
    "url",
    [
        "https://e.com/#access_token=abcdefgh",
        "https://e.com/?access_token=abcdefgh",
        "https://ada:abcdefgh@e.com/",
    ],
)
def test_a_credential_that_is_written_into_a_url_is_a_warning(desk: Desk, url: str) -> None:
    desk.project.define(webhook_url=url)
    assert "literal-secret" in desk.run("validate", "--format", "json").out


@pytest.mark.parametrize(
    "url",
    [
        "https://e.com/?who={{name}}",
        "https://e.com/?t=${secret.HOOK}",
        "https://e.com/?t=${var.HOOK}",
        "https://e.com/#part",
        "https://e.com/?a=",
        "",
    ],
)
def test_what_is_no_credential_of_a_url_is_shown(url: str) -> None:
    assert list(parts(url)) == []


@pytest.mark.parametrize(
    "quoted",
    [
        "a%2fb%3dc",
        "a%2Fb%3Dc",
        "a%252Fb%253Dc",
        "a%252fb%253dc",
        r"a\/b=c",
    ],
)
def test_a_secret_that_the_service_quotes_is_taken_out(quoted: str) -> None:
    assert quoted not in Redactor(["a/b=c"])(f"bad value {quoted}.")


def test_a_url_in_quoted_json_loses_its_credentials() -> None:
    said = Redactor()(rf'{{"error": "https:\/\/ada:{TOKEN}@h\/x?t={TOKEN}"}}')
    assert TOKEN not in said
    assert said.endswith('"}')


@pytest.mark.parametrize("text", ["x" * 80_000 + "://", "x.y-" * 20_000, "://" * 30_000])
def test_a_long_text_takes_no_time(text: str) -> None:
    began = time.process_time()
    Redactor(["Kq7Zr2Wx9"])(text)
    assert time.process_time() - began < 2
