"""Where a URL holds a credential is one question with one answer, in every command."""

from __future__ import annotations

import time

import pytest
from support.desk import Desk

from revox_sync.secrecy.redactor import Redactor
from revox_sync.secrecy.urls import mask_url

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
    f"ftp://h.example.com/to/https://ada:{TOKEN}@i.example.com/x",
    f"ftp://h.example.com/to/https%3A%2F%2Fada%3A{TOKEN}%40i.example.com",
    f"ftp://h.example.com/x;token={TOKEN}/y",
    f"ftp://h.example.com/#https://ada:{TOKEN}@i.example.com/",
]
#: URLs that nobody should write, and some client or person does.
ODD = [
    f"https://ada:{TOKEN}/q@h.example.com/x",
    f"https://ada:{TOKEN}#q@h.example.com/x",
    f"https://ada:{TOKEN}?q@h.example.com/x",
    f"https://ada%3A{TOKEN}%40h.example.com/x",
    f"https:/ada:{TOKEN}@h.example.com/x",
    f"https:\\\\ada:{TOKEN}@h.example.com/x",
    f" https://ada:{TOKEN}@h.example.com/x",
    f"ada:{TOKEN}@h.example.com/x",
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


@pytest.mark.parametrize("url", ODD)
def test_no_view_shows_the_password_of_an_odd_url(desk: Desk, url: str) -> None:
    desk.service.add("front-desk", "You are front-desk. Be kind.", webhook_url=url)
    desk.project.define(webhook_url=f"https://h.example.com/{TOKEN[:3]}")
    for command in ("plan", "drift", "plan --format json", "drift --format markdown"):
        said = desk.run(*command.split()).said
        assert "h.example.com" in said
        assert TOKEN not in said, command
    desk.project.define(webhook_url=url)
    assert TOKEN not in desk.run("validate").said


@pytest.mark.parametrize(
    "url",
    [
        "https://h.example.com:8080/a@b",
        "https://[::1]:80/x@y",
        "https://h.example.com/users/a%40b",
        "https://h.example.com:{{port}}/x;v={{v}}?u={{u}}#${var.x}@y",
        "https://h.example.com/abc:123/@me",
    ],
)
def test_what_is_no_credential_of_a_url_is_shown(url: str) -> None:
    assert mask_url(url) == url


@pytest.mark.parametrize("part", ["a:", ":/", "://", "a@", ";a", " ", "/", "%2F", ":%2F%2Fa"])
def test_a_long_url_takes_no_time(part: str) -> None:
    begun = time.process_time()
    mask_url("https://h" + part * 20_000)
    mask_url(part * 20_000)
    assert time.process_time() - begun < 2


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
    "quoted",
    [
        rf"https:\/\/ada:{TOKEN}@h\/x?t={TOKEN}",
        rf"https:\\\/\\\/h?t={TOKEN}\\\"",
        f"https%3A%2F%2Fh%2F%3Ft%3D{TOKEN}",
        f"https%253a%252f%252fada%253a{TOKEN}%2540h",
        f"https&#58;&#x2F;&#x2f;ada:{TOKEN}@h&sol;&quest;t={TOKEN}",
    ],
)
def test_a_url_that_the_service_quotes_loses_its_credentials(quoted: str) -> None:
    said = Redactor()(f'{{"error": "{quoted}"}}')
    assert TOKEN not in said
    assert said.endswith('"}')
