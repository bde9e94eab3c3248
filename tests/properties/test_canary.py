"""No secret comes out: not on the screen, not in a file, not in an error that quotes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from properties.canary import ECHOES, everything_said, leaks
from properties.samples import everything, of_profile, with_model

from revox_sync.definitions.definition import Definition, Path
from revox_sync.model.sensitive import Redactor
from revox_sync.plan import shown

Fields = dict[str, Any]

#: Every character class that quoting and encoding treat in a way of their own.
NEW = 'n3w"Kq7é/Zr2\\Wx9+Lp4&Mv8'
OLD = 'old"Jd5ü/Tf1\\Yh6+Bn0&Gs3'
#: The same for URLs, where these characters cannot stand.
NEW_IN_URL, OLD_IN_URL = "n3w-Kq7Zr2Wx9%2FLp4", "old-Jd5Tf1Yh6%2FBn0"
LINES = "n3wKq7Zr2Wx9\nLp4Mv8Ht5Rc1  Ud6Fe3Sb0"

_URLS = {
    "webhook user": ("webhook_url", "https://{}@example.com/hook"),
    "webhook password": ("webhook_url", "https://user:{}@example.com/hook"),
    "webhook query": ("webhook_url", "https://example.com/hook?a=1&token={}#top"),
    "webhook bare query": ("webhook_url", "https://example.com/hook?{}"),
    "event type query": ("calendly", "https://api.calendly.com/e/1?token={}"),
    "event type user": ("calendly", "https://{}@api.calendly.com/e/1"),
}

#: The ways of quoting in which a URL is still a URL: an earlier value is known by that alone.
_READABLE = [echo for echo in ECHOES if "base64" not in echo and "encoded" not in echo]


def _texts(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, str):
        yield path


_STATED = of_profile("seed", {**everything(), **with_model("openrouter")})

#: Every text that a ``${secret.NAME}`` may go into; the loader keeps secrets out of the name.
PLACES = [path for path in _texts(_STATED) if path != ("name",)]


def _fields(path: Path, secret: str) -> Fields:
    fields: Fields = json.loads(json.dumps(_STATED))
    inner: Any = fields
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = secret
    field = str(path[0])
    return {"name": "desk", "prompt": fields["prompt"], field: fields[field]}


def _definition(fields: Fields, *secrets: Path) -> Definition:
    return Definition("desk", "desk.yaml", fields, secrets=frozenset(secrets))


def _said_with_secret(path: Path, secret: str, echo: str) -> Iterator[tuple[str, str]]:
    definition = _definition(_fields(path, secret), path)
    for held in (None, {}, _fields(path, OLD)):
        yield from everything_said(definition, held, ECHOES[echo])


def _said_with_url(name: str, echo: str) -> Iterator[tuple[str, str]]:
    """Yield what is said of a URL with a secret in it, whose earlier form the service quotes."""
    field, pattern = _URLS[name]

    def value(secret: str) -> Any:
        url = pattern.format(secret)
        return url if field == "webhook_url" else {"connection_id": "c", "event_type_id": url}

    def quoting(body: Any) -> httpx.Response:
        return ECHOES[echo]({**body, "before": value(OLD_IN_URL)})

    definition = _definition({"name": "desk", "prompt": "p", field: value(NEW_IN_URL)})
    for held in (None, {}, {field: value(OLD_IN_URL)}):
        yield from everything_said(definition, held, quoting)


def _leaked(said: Iterator[tuple[str, str]], *secrets: str) -> set[tuple[str, str]]:
    return {(where, kind) for where, text in said for s in secrets for kind in leaks(text, s)}


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_a_secret_stays_in_its_field_wherever_it_is_used(path: Path) -> None:
    assert _leaked(_said_with_secret(path, NEW, "as JSON"), NEW, OLD) == set()


@pytest.mark.parametrize("echo", ECHOES)
def test_a_secret_stays_hidden_however_the_service_quotes_it(echo: str) -> None:
    assert _leaked(_said_with_secret(("prompt",), NEW, echo), NEW, OLD) == set()


@pytest.mark.parametrize("echo", ECHOES)
def test_a_secret_of_several_lines_stays_hidden(echo: str) -> None:
    assert _leaked(_said_with_secret(("prompt",), LINES, echo), LINES) == set()


@pytest.mark.parametrize("name", _URLS)
def test_what_is_secret_in_a_url_stays_hidden(name: str) -> None:
    said = _said_with_url(name, "as JSON")
    assert _leaked(said, NEW_IN_URL, OLD_IN_URL) == set()


@pytest.mark.parametrize("echo", _READABLE)
def test_what_is_secret_in_a_quoted_url_stays_hidden(echo: str) -> None:
    said = _said_with_url("webhook query", echo)
    assert _leaked(said, NEW_IN_URL, OLD_IN_URL) == set()


@pytest.mark.parametrize("before", range(975, 1001, 5))
def test_a_secret_is_not_cut_out_of_reach(before: int) -> None:
    """Long errors are cut: half a secret at the cut must not be shown either."""

    def echo(body: Any) -> httpx.Response:
        return httpx.Response(400, json={"message": "x" * before + body["prompt"]})

    said = everything_said(_definition(_fields(("prompt",), NEW), ("prompt",)), None, echo)
    assert _leaked(said, NEW) == set()


def test_the_search_finds_a_secret_that_nobody_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "masked", lambda change: change)
    found = {where for where, _ in _leaked(_said_with_secret(("prompt",), NEW, "as JSON"), NEW)}
    assert {"plan JSON", "repr(plan)", "repr(comparison)", "terminal, 80 cells"} <= found


def test_the_search_finds_the_secret_of_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "concealed", lambda _, value: value)
    found = {where for where, _ in _leaked(_said_with_url("webhook query", "as JSON"), OLD_IN_URL)}
    assert {"plan JSON", "terminal, 80 cells"} <= found


@pytest.mark.parametrize("echo", ECHOES)
def test_the_search_finds_what_an_error_quotes(echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redactor, "__call__", lambda self, text: text)
    found = {where for where, _ in _leaked(_said_with_secret(("prompt",), NEW, echo), NEW)}
    assert found == {"repr(outcomes)", "apply's summary", "the error"}


@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_the_search_finds_base64_at_every_alignment(before: str) -> None:
    text = base64.b64encode(f"{before}{NEW}behind".encode()).decode()
    assert leaks(text, NEW)
    assert not leaks(base64.b64encode(b"nothing of it").decode(), NEW)
