"""Plans of hostile texts, put together at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from scenes_views import URL

from revox_sync.account.remote import Target
from revox_sync.definitions.problem import Location, Problem
from revox_sync.plan.model import (
    Action,
    Blocked,
    CallVariables,
    Change,
    Create,
    Delete,
    Gone,
    Plan,
    Recreate,
    Recreation,
    Replace,
    Reported,
    Unchanged,
    Uncompared,
    Unmanaged,
    UsedBy,
)

_PIECES = (
    *("`", "``", "```", "~~~", "@octocat", "@", "#1", "octo/repo#1", "GH-1", "closes ", "0123abc"),
    *("a5c3785ed8d6a35868bc169f07e40e889087fd2e", "<!--", "-->", "<b>", "</details>", "&lt;", "&"),
    *("revox-sync: plan default", "[x](y)", "![x](y)", "<https://a.b>", "www.a.b", "https://a.b"),
    *(
        ":x:",
        ":",
        "$",
        "[^1]",
        "[ ] ",
        "- ",
        "* ",
        "1. ",
        "# ",
        "===",
        "---",
        "> ",
        "|",
        "\\",
        "\\|",
    ),
    *("::error::", "##[x]", "##vso[x]", "\n", "\n\n", " ", "  ", "    ", "\t", "\r", "\u2028"),
    *(
        "\x1b[2J",
        "\x00",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ud800",
        "é",
        "日本",
        "👍",
        "word",
        "two",
        "7",
    ),
    *(
        "\\",
        "_",
        "*",
        "**",
        "~~",
        "(",
        ")",
        "!",
        '"',
        "'",
        ".",
        ",",
        "{{name}}",
        "user@example.com",
    ),
)

#: A text that tries to act.
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
_SHORT = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3).map("".join)


def _few(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(one, max_size=2).map(tuple)


_SOME = _few(_SHORT)
_ORIGINS = st.sampled_from([None, "definition", "drift", "both"])
_VALUES = st.one_of(
    TEXTS,
    st.none(),
    st.integers(),
    st.booleans(),
    st.dictionaries(_SHORT, TEXTS, max_size=3),
    st.lists(TEXTS, max_size=3),
)
_PATHS = st.one_of(
    st.sampled_from(
        (
            *("prompt", "first_sentence", "voicemail_message", "first_sentence_mode", "voice.id"),
            *("human_transfer_mode", "transfer_destinations", "transfer_destinations[0]"),
            *("call_retry_config", "call_retry_config.timezone"),
            *("call_retry_config.allowed_days", "call_retry_config.calling_windows[0]"),
        )
    ),
    _SHORT,
)


@st.composite
def _fields(draw: st.DrawFn) -> Change:
    before, after = draw(_VALUES), draw(_VALUES)
    op = "add" if before is None else "remove" if after is None else "change"
    return Change(
        draw(_PATHS),
        op,  # type: ignore[arg-type]
        before,
        after,
        sensitive=draw(st.booleans()),
        absent=draw(st.booleans()),
        origin=draw(_ORIGINS),
        base=draw(_VALUES),
    )


@st.composite
def _items(draw: st.DrawFn) -> Change:
    def item() -> Any:
        return {"question": draw(TEXTS), "answer": draw(TEXTS)}

    before, after = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
    old, new = item() if before else None, item() if after else None
    op = "add" if old is None else "remove" if new is None else "change"
    base = item() if draw(st.booleans()) else None
    return Change(f"faq_items[{draw(_SHORT)}]", op, old, new, origin=draw(_ORIGINS), base=base)  # type: ignore[arg-type]


_KINDS = [Create, Replace, Replace, Recreate, Delete, Unchanged]


@st.composite
def _actions(draw: st.DrawFn, key: str) -> Action:
    kind: type[Action] = draw(st.sampled_from(_KINDS))
    more: dict[str, Any] = {} if kind is Create else {"id": draw(_SHORT)}
    if kind is Recreate:
        number = (draw(_SHORT),)
        more["how"] = Recreation(draw(TEXTS), draw(TEXTS), draw(_SHORT), "keep", number)
    names = ("notes", "not_clearable", "unknown", "open_questions", "ignored", "kept", "unjudged")
    for name in draw(st.lists(st.sampled_from((*names, "dropped", "warnings")), unique=True)):
        more[name] = draw(_SOME)
    if draw(st.booleans()):
        more["used_by"] = UsedBy(draw(_SOME), draw(_SOME), 1)
        more["variables"] = CallVariables(draw(_SOME), draw(_SOME))
        more["reported"] = (Reported(draw(_PATHS), draw(_VALUES)),)
        more["uncompared"] = (Uncompared(draw(_SHORT), draw(_SOME)),)
    return kind(
        key=key,
        name=draw(TEXTS),
        file=draw(TEXTS),
        changes=tuple(draw(st.lists(st.one_of(_fields(), _items()), max_size=4))),
        refused=draw(st.one_of(st.none(), TEXTS)),
        **more,
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan with hostile texts in every place."""
    keys = draw(st.lists(_SHORT, max_size=4, unique=True))
    found = Problem(
        draw(_SHORT), draw(TEXTS), draw(TEXTS), "warning", location=Location(draw(_SHORT), 1, 1)
    )
    return Plan(
        Target(draw(st.sampled_from([URL, "http://127.0.0.1/`@x`"])), draw(_SHORT), "seed"),
        tuple(draw(_actions(key)) for key in keys),
        tuple(Unmanaged(draw(_SHORT), draw(TEXTS)) for _ in range(draw(st.integers(0, 2)))),
        tuple([found] * draw(st.integers(0, 2))),
        obstacles=draw(_few(st.builds(Blocked, st.just("limit"), TEXTS, TEXTS, TEXTS))),
        gone=draw(_few(st.builds(Gone, _SHORT, TEXTS, TEXTS, _SOME, _SOME, _SOME))),
        remarks=draw(_SOME),
    )
