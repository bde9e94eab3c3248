"""No secret comes out: not on the screen, not in a file, not in an error that quotes it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from properties.canary import ECHOES, Echo, everything_said, leaks
from properties.documented import ENUMS, SECRET, URLS, name_of
from properties.places import Fields, Path, place_of, put
from properties.samples import MODELS, everything, with_model

from revox_sync.definitions.definition import Definition
from revox_sync.model.fields import FIELDS
from revox_sync.plan import sides
from revox_sync.plan.sides import Sides
from revox_sync.secrecy.redactor import Redactor

#: Every character class that quoting and encoding treat in a way of their own.
NEW = 'n3w"Kq7é/Zr2\\Wx9+Lp4&Mv8'
OLD = 'old"Jd5ü/Tf1\\Yh6+Bn0&Gs3'
#: The same for URLs, where these characters cannot stand.
NEW_IN_URL, OLD_IN_URL = "n3w-Kq7Zr2Wx9%2FLp4", "old-Jd5Tf1Yh6%2FBn0"
#: How definitions refer to each of them.
WRITTEN = "${secret.CANARY}"
LINES = "n3wKq7Zr2Wx9\nLp4Mv8Ht5Rc1  Ud6Fe3Sb0"

#: What a service of the next generation may have, as ``sync: {extra: …}`` states it.
EXTRA: Fields = {"brand_new": {"plain": "text", "deep": [{"token": "text"}]}, "newer": "text"}

SAMPLES = ({**everything(), **EXTRA}, *(with_model(model["type"]) for model in MODELS))


def _texts(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, str):
        yield path


#: A path and its assistant for every place that holds a text.
TEXTS = {place_of(path): (path, fields) for fields in SAMPLES for path in _texts(fields)}

#: Where a ``${secret.NAME}`` may go; the loader keeps secrets out of the name.
PLACES = [place for place in TEXTS if place != "name" and place not in ENUMS]
_HINTS = ("stt_context.general[].key", "stt_context.terms[]")

#: What holds credentials by its nature, and the ways in which it does.
_IN_URLS = (
    "https://{}@example.com/hook",
    "https://user:{}@example.com/hook",
    "https://example.com/hook?a=1&token={}#top",
    "https://example.com/hook?{}",
)
SENSITIVE = {place: ("{}", "Bearer {}") for place in TEXTS if SECRET.fullmatch(place)} | {
    place: _IN_URLS for place in TEXTS if name_of(place) in URLS
}
#: A credential and one within a URL, for every way in which a service may quote it.
NATURES = {
    "custom_tools[].headers[].value": "Bearer {}",
    "webhook_url": "https://example.com/hook?a=1&token={}#top",
}


def _field(place: str, value: str) -> Fields:
    """Return the field that holds ``place``, with ``value`` there."""
    path, fields = TEXTS[place]
    return {str(path[0]): put(fields[str(path[0])], path[1:], value)}


def _definition(fields: Fields, secrets: Mapping[Path, str] | None = None) -> Definition:
    stated = {"name": "desk", "prompt": "p", **fields}
    return Definition("desk", "desk.yaml", stated, secrets=secrets or {})


def _said_with_secret(place: str, secret: str, echo: str) -> Iterator[tuple[str, str]]:
    """Yield what is said of a place that a ``${secret.NAME}`` went into."""
    definition = _definition(_field(place, secret), {TEXTS[place][0]: WRITTEN})
    for held in (None, _field(place, OLD)):
        yield from everything_said(definition, held, ECHOES[echo])


def _said_by_nature(place: str, pattern: str, echo: str) -> Iterator[tuple[str, str]]:
    """Yield what is said of a credential that is written out; the service quotes both values."""
    new, old = _secrets(place)
    definition = _definition(_field(place, pattern.format(new)))
    before = _field(place, pattern.format(old))
    for held in (None, {}, before):
        yield from everything_said(definition, held, _quoting(echo, before if held else {}))


def _quoting(echo: str, before: Fields) -> Echo:
    return lambda body: ECHOES[echo]({**body, "before": before})


def _secrets(place: str) -> tuple[str, str]:
    return (NEW, OLD) if SECRET.fullmatch(place) else (NEW_IN_URL, OLD_IN_URL)


def _leaked(said: Iterator[tuple[str, str]], *secrets: str) -> set[tuple[str, str]]:
    return {(where, kind) for where, text in said for s in secrets for kind in leaks(text, s)}


def test_these_tests_know_every_sensitive_place_of_the_table() -> None:
    assert SENSITIVE.keys() == {place for spec in FIELDS.values() for place in spec.sensitive}


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_stays_in_its_field_wherever_it_is_used(place: str) -> None:
    # The account's older hints are sent along, and nobody knows that one of them was a secret.
    known = (NEW,) if place in _HINTS else (NEW, OLD)
    assert _leaked(_said_with_secret(place, NEW, "as JSON"), *known) == set()


@pytest.mark.parametrize("place", {TEXTS[place][0][0]: place for place in PLACES}.values())
def test_a_secret_stays_hidden_in_an_account_without_the_field(place: str) -> None:
    definition = _definition(_field(place, NEW), {TEXTS[place][0]: WRITTEN})
    assert _leaked(everything_said(definition, {}, ECHOES["as JSON"]), NEW) == set()


@pytest.mark.parametrize("echo", ECHOES)
def test_a_secret_stays_hidden_however_the_service_quotes_it(echo: str) -> None:
    assert _leaked(_said_with_secret("prompt", NEW, echo), NEW, OLD) == set()


@pytest.mark.parametrize("echo", ECHOES)
def test_a_secret_of_several_lines_stays_hidden(echo: str) -> None:
    assert _leaked(_said_with_secret("prompt", LINES, echo), LINES) == set()


@pytest.mark.parametrize(
    ("place", "pattern"),
    [(place, pattern) for place, patterns in SENSITIVE.items() for pattern in patterns],
)
def test_what_is_sensitive_by_nature_stays_hidden(place: str, pattern: str) -> None:
    said = _said_by_nature(place, pattern, "as JSON")
    assert _leaked(said, *_secrets(place)) == set()


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("place", NATURES)
def test_what_is_sensitive_stays_hidden_however_the_service_quotes_it(
    place: str, echo: str
) -> None:
    said = _said_by_nature(place, NATURES[place], echo)
    assert _leaked(said, *_secrets(place)) == set()


@pytest.mark.parametrize("before", range(975, 1001, 5))
def test_a_secret_is_not_cut_out_of_reach(before: int) -> None:
    """Long errors are cut: half a secret at the cut must not be shown either."""

    def echo(body: Any) -> httpx.Response:
        return httpx.Response(400, json={"message": "x" * before + body["prompt"]})

    said = everything_said(_definition({"prompt": NEW}, {("prompt",): WRITTEN}), None, echo)
    assert _leaked(said, NEW) == set()


def test_the_search_finds_a_secret_that_nobody_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere = {"plan JSON", "repr(plan)", "repr(comparison)", "markdown"}
    everywhere |= {"terminal, 80 cells", "terminal, 200 cells"}
    with monkeypatch.context() as patch:
        patch.setattr(Sides, "_written", property(lambda self: self._wanted))
        said = _leaked(_said_with_secret("prompt", NEW, "as JSON"), NEW)
        assert everywhere <= {where for where, _ in said}
    with monkeypatch.context() as patch:
        patch.setattr(Sides, "is_opaque", False)
        patch.setattr(Sides, "_lacks", lambda *_: False)
        said = _leaked(_said_with_secret("prompt", NEW, "as JSON"), OLD)
        assert everywhere <= {where for where, _ in said}


@pytest.mark.parametrize("place", SENSITIVE)
def test_the_search_finds_what_is_sensitive_by_nature(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sides, "concealed", lambda _, value, *__: value)
    new, old = _secrets(place)
    said = _said_by_nature(place, SENSITIVE[place][0], "as JSON")
    found = {where for where, _ in _leaked(said, new, old)}
    assert {"plan JSON", "terminal, 80 cells", "markdown", "diff"} <= found


def test_the_search_finds_a_secret_in_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    from revox_sync.history import journal

    monkeypatch.setattr(journal, "redacted", lambda data, *_: (dict(data), ()))
    found = {where for where, _ in _leaked(_said_with_secret("prompt", NEW, "as JSON"), OLD)}
    assert found == {"snapshots/desk.json"}


@pytest.mark.parametrize("echo", ECHOES)
def test_the_search_finds_what_an_error_quotes(echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redactor, "__call__", lambda self, text: text)
    found = {where for where, _ in _leaked(_said_with_secret("prompt", NEW, echo), NEW)}
    summaries = {"apply's summary", "apply's summary in markdown"}
    assert found == {"repr(outcomes)", *summaries, "the error", "the traceback"}


@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_the_search_finds_base64_at_every_alignment(before: str) -> None:
    text = base64.b64encode(f"{before}{NEW}behind".encode()).decode()
    assert leaks(text, NEW)
    assert not leaks(base64.b64encode(b"nothing of it").decode(), NEW)
