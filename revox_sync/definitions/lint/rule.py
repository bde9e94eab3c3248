"""What a rule is, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from revox_sync.definitions.problem import Word
from revox_sync.model.path import Path
from revox_sync.records import dataclass

#: What a rule yields: where it is broken, what to say, and how to mend it. No message quotes data.
Findings = Iterator[tuple[Path, str, str]]
_Check = Callable[[Mapping[str, Any]], Findings]


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be found in definitions, how severe that is, and what readers are told of it."""

    id: str
    documentation: str
    severity: Word


@dataclass(frozen=True, slots=True)
class FieldRule(Rule):
    """A rule over the fields of one assistant.

    ``check`` is a pure function of the composed fields; its docstring is the rule's documentation.
    It is called only when one of the fields of ``reads`` is present and not null, and all that are
    present have the types that the API wants. A rule that looks at each of its fields ``apart``, as
    all on one field do, is called for each, with that field alone. ``on_literals`` finds values
    that are written out though they may be secret: none where a ``${secret.NAME}`` went in, and
    none is shown. One whose severity is ``off`` is called only in projects that want it.
    """

    check: _Check
    reads: tuple[str, ...]
    apart: bool
    on_literals: bool


#: Every rule over the fields of one assistant, in the order of the documentation.
RULES: list[FieldRule] = []


def rule(
    severity: Word, *reads: str, apart: bool = False, on_literals: bool = False
) -> Callable[[_Check], _Check]:
    """Make a function a rule, whose id is the function's name with dashes."""

    def register(check: _Check) -> _Check:
        is_apart = apart or len(reads) == 1
        RULES.append(FieldRule(*told(check), severity, check, reads, is_apart, on_literals))
        return check

    return register


def told(check: Callable[..., Any]) -> tuple[str, str]:
    """Return the id and the documentation of a rule, from the name and docstring of its check."""
    return check.__name__.replace("_", "-"), check.__doc__ or ""


def repeated(values: Iterable[str | None]) -> Iterator[tuple[int, int]]:
    """Yield the index of a value's first occurrence with that of each later one; "" is none."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        earlier = first.setdefault(value, index) if value else index
        if earlier != index:
            yield earlier, index


#: What is told while files are read.
READING_RULES = (
    Rule(
        "cut-text",
        """A text does not end before a `#` unless that begins a comment.

        In YAML ` #` begins one, so that `Room #4` without quotes is `Room`. Two spaces before the
        `#` say that a comment is meant.
        """,
        "warning",
    ),
    Rule(
        "short-secret",
        """A secret has at least 8 characters: a shorter text may stand anywhere by chance.

        It is not looked for in what the account holds, so it may be shown.
        """,
        "warning",
    ),
    Rule(
        "file-suffix",
        """The suffix of a definition is in lower case: `Front.YAML` is not read.""",
        "warning",
    ),
    Rule(
        "idle-rules",
        """Every key or glob in `rules:` is that of a definition: any other may be a slip.""",
        "warning",
    ),
)


#: What a definition may refer to and the account may not have.
ACCOUNT_RULES = (
    Rule(
        "unknown-voice",
        """The account has the voice that `voice` names, by id, provider and model.

        Checked by `plan` where the voice changes; `revox-sync voices` lists what there is. A voice
        that cannot be looked up stops nothing.
        """,
        "error",
    ),
    Rule(
        "unknown-phone-number",
        """`from_phone_number` is a number of the account.

        Checked by `plan` where the number changes. Numbers that cannot be read stop nothing.
        """,
        "error",
    ),
    Rule(
        "unknown-connection",
        """Some assistant of the account uses the `connection_id` of `slack`, `calendly` and `zoho`.

        Checked by `plan` where it changes. The API lists no connections, so this is a warning: a
        new one is used by no assistant yet. What an assistant hands over to is not looked up: the
        numbers of `transfer_destinations` are anybody's, and no field names a sub-assistant.
        """,
        "warning",
    ),
)
