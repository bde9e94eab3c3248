"""Random material, from any source of choices: definitions, edits, troubles.

A ``Choose`` picks one of several options. Hypothesis is one source, which shrinks towards the first
option; a seeded generator is the other, whose picks are the same everywhere and for good.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeVar

from proof.account import Special, Trouble, Where
from support.service import Habits, Reaction

T = TypeVar("T")
Fields = dict[str, Any]

KEYS = ("anna", "bruno/day", "clara", "desk", "eve", "fred")
#: Fields that definitions of a proof may state, and those that never are stated.
MANAGED = (
    "prompt",
    "first_sentence",
    "voice",
    "webhook_url",
    "faq_items",
    "structured_output_config",
)
UNMANAGED = ("voicemail_message", "end_of_call_sentence", "max_call_duration_secs")

STATUSES = (400, 408, 429, 500, 502, 503)
#: Seconds after which a client gives up on a service that stays silent.
IMPATIENT = 0.5


class Choose(Protocol):
    """Picks one of several options."""

    def __call__(self, options: Sequence[T]) -> T:
        """Return one of ``options``, which are not empty."""
        ...


class Seeded:
    """Picks by a generator whose sequence Python promises never to change."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - reproducible is what it has to be

    def __call__(self, options: Sequence[T]) -> T:
        """Return one of ``options``."""
        return options[int(self._random.random() * len(options))]


def habits(choose: Choose) -> Habits:
    """Return how the account spells its answers."""
    return Habits(
        retrieve_enveloped=choose((False, True)),
        list_has_faq=choose((True, False)),
        write_has_faq=choose((True, False)),
    )


def definition(choose: Choose, key: str, number: int) -> Fields:
    """Return the fields that a definition states; texts carry ``number``, so that each is new."""
    stated = [name for name in MANAGED if name == "prompt" or choose((False, True))]
    return {name: stated_value(choose, name, key, number) for name in stated}


def stated_value(choose: Choose, name: str, key: str, number: int) -> Any:
    """Return a value as a definition writes it, secret reference included."""
    if name == "prompt":
        return f"You are {key}, edition {number}."
    if name == "webhook_url":
        place = choose(("?token=", "/"))
        return f"https://hooks.example.com/{number}{place}${{secret.HOOK}}"
    if name == "first_sentence" and choose((False, False, True)):
        return f"Hello {number}, the code is ${{secret.HOOK}}."
    return _value(choose, name, f"Stated {number}")


def edited_value(choose: Choose, name: str, number: int) -> Any:
    """Return a value as somebody leaves it in the dashboard."""
    if name == "webhook_url":
        return f"https://elsewhere.example.com/{number}?token={DASHBOARD_SECRET}"
    if name == "max_call_duration_secs":
        return 700 + number
    return _value(choose, name, f"Edited {number}")


def _value(choose: Choose, name: str, words: str) -> Any:
    if name == "voice":
        speed = choose(({}, {"speed": 1.05}, {"speed": 0.9}))
        return {"provider": "cartesia", "id": words.replace(" ", "-").lower(), **speed}
    if name == "faq_items":
        count = choose((1, 0, 2, 3))
        return [{"question": f"{words}, {i}?", "answer": f"Answer {i}."} for i in range(count)]
    if name == "structured_output_config":
        count = choose((1, 0, 2))
        name = words.replace(" ", "_").lower()
        types = ("string", "boolean")
        return [{"name": f"{name}_{i}", "type": types[i], "required": True} for i in range(count)]
    return f"{words}."


#: Stands in the query of webhooks that somebody typed in the dashboard.
DASHBOARD_SECRET = "dash-8Kw2Vq5Zt9Xb"


def _reactions() -> dict[str, Reaction]:
    again = {"retry-after": "0"}
    words = {"error": "the service has a bad day"}
    found: dict[str, Reaction] = {
        f"status {status}": Reaction(status=status, headers=again, body=words)
        for status in STATUSES
    }
    found |= {
        f"status {status} after acting": Reaction(
            status=status, headers=again, body=words, acts=True
        )
        for status in (500, 502, 503)
    }
    return found | {
        "dropped before acting": Reaction(drop="before"),
        "dropped after acting": Reaction(drop="after"),
        "half an answer": Special(acts=True, half=True),
        "a web page": Reaction(
            status=200, body=b"<html>Welcome</html>", content_type="text/html", acts=True
        ),
        "an answer of null": Reaction(status=200, body=b"null", acts=True),
        "an empty object": Reaction(status=200, body=b"{}", acts=True),
        "a list that lacks one": Special(acts=True, lacking="one"),
        "an empty list": Special(acts=True, lacking="all"),
        "silent without acting": Special(silent=True),
        "silent after acting": Special(acts=True, silent=True),
    }


def trouble(choose: Choose, number: int) -> Trouble:
    """Return something that goes wrong, or somebody's edit between a read and a write."""
    reactions = _reactions()
    where: Where = choose(
        ("create", "change", "create", "change", "read", "list", "list", "delete", "any")
    )
    if where == "any":
        return _rate_limit(choose)
    short = [kind for kind in reactions if "list" in kind]
    kinds = short * 5 if where == "list" else [kind for kind in reactions if kind not in short]
    kinds += [kind for kind in reactions if kind not in short and where == "list"]
    kinds = [*kinds, *(("edited",) * 12 if where in ("read", "change") else ())]
    kind = choose(kinds)
    nth = choose((1, 1, 2))
    if kind == "edited":
        return _edit(choose, where, nth, number)
    # Longer than anybody tries again, or just once; silence costs time.
    times = 1 if "silent" in kind else choose((1, 1, 9))
    return Trouble(where, nth, times, kind, reactions[kind])


def _rate_limit(choose: Choose) -> Trouble:
    """Return a rate limit, which meets every request: for a moment, or for longer than anybody."""
    headers = {"retry-after": choose(("1", "7"))}
    limit = Reaction(status=429, headers=headers, body={"error": "slow down"})
    return Trouble("any", choose((1, 3, 5)), choose((2, 5, 40)), "a rate limit", limit)


def lag(choose: Choose) -> tuple[float, tuple[Literal["list", "get"], ...]]:
    """Return how many seconds reads lag, and which: for less than a run looks, or for longer."""
    reads: tuple[tuple[Literal["list", "get"], ...], ...] = (("list", "get"), ("list",), ("get",))
    return choose((2.0, 5.0, 30.0)), choose(reads)


def _edit(choose: Choose, where: Where, nth: int, number: int) -> Trouble:
    """Return an edit before the read that precedes a write, or while a write waits for its turn.

    The moment between that read and the write itself cannot be guarded: no edit falls into it.
    """
    name = choose((*MANAGED, *UNMANAGED))
    edit = (name, edited_value(choose, name, number))
    if where == "read":
        return Trouble("read", nth, 1, "edited before a read", Reaction(), edit)
    busy = Reaction(status=503, headers={"retry-after": "0"}, body={"error": "busy"})
    return Trouble("change", nth, 1, "edited while a write waits", busy, edit)
