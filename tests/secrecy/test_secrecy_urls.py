"""Where a URL holds a credential is one question with one answer, in every command."""

from __future__ import annotations

import pytest
from support.desk import Desk

from revox_sync.secrecy.redactor import Redactor

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
