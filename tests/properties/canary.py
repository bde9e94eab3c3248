"""Plants secrets and looks for them in everything that the tool says.

``traces`` are the forms in which a text gives a secret away; ``everything_said`` is all that comes
out of a plan and of an apply that the service refuses while quoting what it was sent.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import re
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx

from revox_sync.account.client import Client
from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote
from revox_sync.apply.applier import apply
from revox_sync.apply.events import Control, Options, Outcome
from revox_sync.definitions.base import Base
from revox_sync.definitions.definition import Definition
from revox_sync.errors import StatusError
from revox_sync.history.journal import Journal, own_records
from revox_sync.model.generations import Profile
from revox_sync.plan import planfile
from revox_sync.plan.account import secrets_in_account, secrets_of
from revox_sync.plan.compare import compare
from revox_sync.plan.match import match
from revox_sync.plan.model import Plan, Rules
from revox_sync.plan.planner import changes_since, plan
from revox_sync.render.markdown import render_markdown
from revox_sync.render.outcome import render_outcomes, render_outcomes_markdown
from revox_sync.render.terminal import render_plan
from revox_sync.secrecy.redactor import Redactor

Fields = dict[str, Any]
Echo = Callable[[Any], httpx.Response]

#: So many characters of a secret in a row are no accident.
_WINDOW = 8
_URL = "http://localhost/api"


def traces(secret: str) -> dict[str, str]:
    """Return what gives ``secret`` away, by kind: whole or in part, quoted, encoded."""
    found = {
        f"characters {start}-": secret[start : start + _WINDOW]
        for start in range(max(1, len(secret) - _WINDOW + 1))
    }
    in_json = json.dumps(secret, ensure_ascii=False)[1:-1]
    for kind, raw in (("base64", secret.encode()), ("base64 of JSON", in_json.encode())):
        for offset in range(3):
            # What is encoded beside the secret changes its outermost characters: left out.
            whole = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
            inner = whole[-(-8 * offset // 6) : len(whole) - 1]
            found |= {f"{kind} at {offset}": inner, f"{kind}url at {offset}": _url_safe(inner)}
    return found | {
        "percent-encoded": quote(secret, safe=""),
        "percent-encoded path": quote(secret),
        "form-encoded": quote_plus(secret),
        "JSON": json.dumps(secret)[1:-1],
        "JSON in UTF-8": in_json,
        "JSON twice": json.dumps(json.dumps(secret))[3:-3],
        "repr": repr(secret)[1:-1],
        "backwards": secret[::-1],
    }


def _url_safe(text: str) -> str:
    return text.replace("+", "-").replace("/", "_")


def leaks(text: str, secret: str) -> list[str]:
    """Return the kinds of traces of ``secret`` in ``text``, over line breaks and colours too."""
    joined = _joined(re.sub(r"\x1b\[[0-9;]*m", "", text))
    return [kind for kind, trace in _sought(secret).items() if trace in joined]


@cache
def _sought(secret: str) -> dict[str, str]:
    return {kind: _joined(trace) for kind, trace in traces(secret).items()}


def _joined(text: str) -> str:
    return "".join(text.split())


def everything_said(
    definition: Definition, held: Fields | None, echo: Echo, profile: Profile = "current"
) -> Iterator[tuple[str, str]]:
    """Yield (where, text) of all that is printed, saved, logged, raised or shown by a debugger."""
    rules = Rules(profile)
    remote = None if held is None else Remote({"id": "1", "name": "desk", "prompt": "p", **held})
    remotes = () if remote is None else (remote,)
    account = Account(_URL, remotes, profile)
    planned = plan([definition], account, rules, match([definition], remotes))
    yield "plan JSON", planfile.dumps(planned)
    yield "repr(plan)", repr(planned)
    yield "repr(comparison)", repr(compare(definition, remote, rules))
    yield "repr of what goes in", repr((definition, remote, account))
    for drift in (False, True):
        for width, colour in ((80, False), (200, True)):
            page = render_plan(planned, width=width, colour=colour, drift=drift)
            yield f"terminal, {width} cells", page
        yield "markdown", render_markdown(planned, drift=drift)
    if held is not None:
        then = {**definition.fields, **held}
        yield "diff", render_markdown(_since(definition, then))
    with tempfile.TemporaryDirectory() as folder, _log() as log:
        outcomes, error = asyncio.run(_refused(definition, planned, remotes, echo, Path(folder)))
        for path in sorted(Path(folder).rglob("*.json*")):
            yield f"{path.parent.name}/{path.name}", path.read_text()
        yield "the log", log.getvalue()
    yield "repr(outcomes)", repr(outcomes)
    yield "apply's summary", render_outcomes(outcomes, width=80, colour=False)
    yield "apply's summary in markdown", render_outcomes_markdown(outcomes, limit=65536)
    yield "the error", f"{error} {error!r} {error.message} {error.hint} {error.args}"
    yield "the traceback", "".join(traceback.format_exception(error))


def _since(definition: Definition, then: Fields) -> Plan:
    before = {definition.key: replace(definition, fields=then)}
    return changes_since([definition], Base("c0ffee", before), Rules())


@contextmanager
def _log() -> Iterator[io.StringIO]:
    """Yield what is logged meanwhile, at any level, by whomever."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


async def _refused(
    definition: Definition, planned: Plan, remotes: tuple[Remote, ...], echo: Echo, folder: Path
) -> tuple[tuple[Outcome, ...], StatusError]:
    """Apply against a service that refuses every write and quotes the body in its own way."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            return echo(json.loads(request.content))
        listed = [dict(remote.data) for remote in remotes]
        if request.url.path.endswith("/assistants"):
            return httpx.Response(200, json={"assistants": listed})
        return httpx.Response(200, json=listed[0])

    redactor = Redactor(secrets_of([definition]) | secrets_in_account(remotes))
    rules = Rules(planned.target.profile)
    async with Client(
        _URL,
        "the-key",
        parallelism=1,
        timeout=10,
        redactor=redactor,
        transport=httpx.MockTransport(answer),
    ) as client:
        outcomes = await apply(
            planned,
            client,
            Options(1, 0.0, Journal(own_records(folder, {}), planned.target)),
            notify=lambda event: None,
            control=Control(),
        )
        try:
            await client.create_assistant(dict(compare(definition, None, rules).body))
        except StatusError as error:
            return outcomes, error
    raise AssertionError("the service refuses everything")


def _answer(content: str) -> httpx.Response:
    return httpx.Response(400, text=content)


def _leaves(body: Any) -> list[str]:
    if isinstance(body, dict):
        body = list(body.values())
    if isinstance(body, list):
        return [leaf for item in body for leaf in _leaves(item)]
    return [body] if isinstance(body, str) else []


#: The ways in which a service may quote what it was sent.
ECHOES: Mapping[str, Echo] = {
    "as JSON": lambda body: httpx.Response(400, json={"message": "bad", "received": body}),
    "as ASCII JSON": lambda body: _answer(json.dumps({"message": "bad", "received": body})),
    "in a sentence": lambda body: httpx.Response(400, json={"message": " ".join(_leaves(body))}),
    "in sentences": lambda body: httpx.Response(400, json={"e": "bad", "values": _leaves(body)}),
    "as JSON in a sentence": lambda body: httpx.Response(
        400, json={"error": "bad", "message": f"cannot read {json.dumps(body)}"}
    ),
    "on a page": lambda body: _answer(f"<h1>400</h1><pre>{_leaves(body)!r}</pre>"),
    "percent-encoded": lambda body: _answer(
        "&".join(quote(leaf, safe="") for leaf in _leaves(body))
    ),
    "form-encoded": lambda body: _answer("&".join(map(quote_plus, _leaves(body)))),
    "value by value in base64": lambda body: _answer(
        " ".join(base64.b64encode(leaf.encode()).decode() for leaf in _leaves(body))
    ),
    "whole in base64": lambda body: _answer(
        base64.b64encode(json.dumps(body, ensure_ascii=False).encode()).decode()
    ),
}
