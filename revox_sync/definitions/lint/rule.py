"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from revox_sync.definitions.definition import Path
from revox_sync.definitions.source import Severity


class Found(NamedTuple):
    """Where a rule is broken, and what to say. ``message`` never quotes a value of the data."""

    path: Path
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over the fields of one assistant.

    ``check`` is a pure function of the composed fields; its docstring is the rule's documentation.
    It is called only when the first field of ``reads`` is present and not null, and all of
    ``reads`` that are present have the types that the API wants.
    """

    id: str
    severity: Severity
    reads: tuple[str, ...]
    check: Callable[[Mapping[str, Any]], Iterator[Found]]

    @property
    def documentation(self) -> str:
        """What the rule is about, for readers."""
        return self.check.__doc__ or ""
