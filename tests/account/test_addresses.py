"""Where the key goes: base URL, redirects, proxies, keys that are none, and networks that fail."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from support.desk import Desk
from support.service import KEY, Service

from revox_sync.account.address import check_base_url
from revox_sync.errors import UsageError

pytestmark = pytest.mark.usefixtures("hurried")


@pytest.fixture
def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_the_key_goes_nowhere_else(
    desk: Desk, serve: Callable[..., Service], status: int
) -> None:
    elsewhere = serve()
    target = f"{elsewhere.base_url}/assistants"
    desk.service.on("GET", times=None, status=status, headers={"location": target})
    desk.project.define()
    result = desk.run("plan")
    assert result.code == 1
    assert f"{status}: the service redirects to {target}" in result.err
    assert elsewhere.requests == []
    assert len(desk.service.requests) == 1


def test_a_redirected_write_is_not_followed(desk: Desk, serve: Callable[..., Service]) -> None:
    elsewhere = serve()
    desk.service.on("POST", status=307, headers={"location": f"{elsewhere.base_url}/assistants"})
    desk.project.define()
    assert desk.apply().code == 4
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://www.getrevox.com/api",
        "http://127.0.0.1.example.com/api",
        "http://localhost.example.com/api",
        "http://10.0.0.1/api",
        "http://0.0.0.0/api",
        "http://[::ffff:10.0.0.1]/api",
        "ftp://127.0.0.1/api",
        "file:///etc/hostname",
        "https://",
        "https://user:password@www.getrevox.com/api",
        "https://www.getrevox.com/api?key=abcdef",
        "http://127.0.0.1@www.getrevox.com/api",
        "http://localhost\\.example.com/api",
        "https://\u2028.invalid/api",
        "http://127.0.0.1/\x07",
    ],
)
def test_a_base_url_that_would_expose_the_key_is_none(url: str) -> None:
    with pytest.raises(UsageError) as told:
        check_base_url(url)
    assert "password" not in told.value.message
    assert "abcdef" not in told.value.message


def test_a_base_url_that_is_none_is_wrong_usage(desk: Desk) -> None:
    desk.project.define()
    desk.env["REVOX_BASE_URL"] = "https://user:password@www.getrevox.com/api"
    result = desk.run("plan")
    assert result.code == 64
    assert "base URL" in result.err
    assert "password" not in result.said
    assert desk.service.requests == []


@pytest.mark.parametrize("url", ["", "http://www.getrevox.com/api"])
def test_so_it_is_as_an_option(desk: Desk, url: str) -> None:
    desk.project.define()
    assert desk.run("plan", "--base-url", url).code == 64
    assert desk.service.requests == []


def test_the_option_wins_over_the_environment(desk: Desk) -> None:
    desk.project.define()
    desk.env["REVOX_BASE_URL"] = "https://nowhere.invalid/api"
    assert desk.run("plan", "--base-url", desk.service.base_url).code == 0


@pytest.mark.parametrize("url", ["https://www.getrevox.com/api", "http://localhost:8000/api"])
def test_https_to_anywhere_and_http_to_this_machine_are_base_urls(url: str) -> None:
    assert check_base_url(url) == check_base_url(f"{url}/") == url


def test_a_slash_at_the_end_of_the_base_url_makes_no_difference(desk: Desk) -> None:
    desk.project.define()
    desk.env["REVOX_BASE_URL"] += "/"
    assert desk.run("plan").code == 0
    assert desk.service.requests[0].path == "/assistants"


def test_the_project_file_cannot_say_where_the_key_goes(desk: Desk) -> None:
    desk.project.define()
    desk.project.write("revox-sync.yaml", "base_url: https://evil.example/api\n")
    result = desk.run("plan")
    assert result.code == 1
    assert "revox-sync.yaml:1:1" in result.err
    assert desk.service.requests == []


def test_loopback_never_goes_through_a_proxy(desk: Desk, free_port: int) -> None:
    desk.project.define()
    proxy = f"http://127.0.0.1:{free_port}"
    desk.env |= {"HTTP_PROXY": proxy, "http_proxy": proxy, "ALL_PROXY": proxy}
    assert desk.run("plan").code == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "socks5://ada:pa55word@127.0.0.1:9"),
        ("all_proxy", "gopher://ada:pa55word@127.0.0.1:9"),
        ("HTTP_PROXY", "http://ada:pa55word@[::1"),
        ("NO_PROXY", "http://ada:pa55word@[::1"),
        ("HTTPS_PROXY", "http://ada:pa55word@host:port"),
        ("SSL_CERT_FILE", "{root}/pa55word.pem"),
    ],
)
def test_settings_of_the_machine_that_nobody_can_use_are_named(
    desk: Desk, name: str, value: str
) -> None:
    desk.project.define()
    desk.project.write("pa55word.pem", "no certificate\n")
    value = value.replace("{root}", str(desk.root))
    desk.env |= {name: value, "REVOX_BASE_URL": "https://revox.invalid/api"}
    for command in ("plan", "status"):
        result = desk.run(command)
        assert result.code == 1
        kind = "proxy" if "PROXY" in name.upper() else "certificates"
        assert f"the {kind} in {name} cannot be used" in result.said
        assert ("PEM certificates" if kind == "certificates" else "http://host:port") in result.said
        assert "pa55word" not in result.said
        assert "internal error" not in result.said


@pytest.mark.parametrize("key", [None, "", "   ", "\n"])
def test_without_a_key_nothing_is_asked(desk: Desk, key: str | None) -> None:
    desk.project.define()
    del desk.env["REVOX_API_KEY"]
    if key is not None:
        desk.env["REVOX_API_KEY"] = key
    result = desk.run("plan")
    assert result.code == 1
    assert "REVOX_API_KEY is not set" in result.err
    assert "--sandbox" in result.err
    assert desk.service.requests == []


@pytest.mark.parametrize("key", ["two words", "clé", "line\nbreak", "nul\x01"])
def test_a_key_that_can_be_none_is_not_sent(desk: Desk, key: str) -> None:
    desk.project.define()
    desk.env["REVOX_API_KEY"] = key
    result = desk.run("plan")
    assert result.code == 1
    assert key not in result.said
    assert desk.service.requests == []


def test_space_around_the_key_is_not_sent(desk: Desk) -> None:
    desk.project.define()
    desk.env["REVOX_API_KEY"] = f"  {KEY}\n"
    assert desk.run("plan").code == 0
    assert desk.service.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_key_that_the_service_does_not_know_is_told_in_its_words(desk: Desk) -> None:
    desk.project.define()
    desk.env["REVOX_API_KEY"] = "rvx_wrong_key"
    result = desk.run("plan")
    assert result.code == 1
    assert "401 Unauthorized: This API key is not known here" in result.err
    assert "check REVOX_API_KEY" in result.err
    assert "rvx_wrong_key" not in result.said


def test_a_network_that_is_down_is_an_error(desk: Desk, free_port: int) -> None:
    desk.project.define()
    desk.env["REVOX_BASE_URL"] = f"http://127.0.0.1:{free_port}/api"
    result = desk.run("plan")
    assert result.code == 1
    assert f"cannot reach http://127.0.0.1:{free_port}/api" in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_a_service_that_goes_away_during_an_apply_is_a_failure_of_the_action(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.service.on(
        "GET",
        "/assistants/*",
        times=None,
        status=502,
        headers={"retry-after": "0"},
        body={"error": "no upstream"},
    )
    result = desk.apply()
    assert result.code == 4
    assert "502 Bad Gateway: no upstream" in result.out
    assert desk.service.writes == []


def test_a_base_url_that_names_a_web_page_is_told(desk: Desk) -> None:
    desk.project.define()
    page = b"<!doctype html><html><head><title>Revox</title></head></html>"
    desk.service.on("GET", status=200, body=page, content_type="text/html")
    result = desk.run("plan")
    assert result.code == 1
    assert "the answer is not JSON: <!doctype html>" in result.err
    assert "names the API and not a web page" in result.err
