"""``${…}`` in texts: finding references and replacing them, once, left to right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any

from revox_sync.definitions.problem import Unusable, hint_for
from revox_sync.records import dataclass

#: The environment variable that ``${secret.NAME}`` stands for begins so; no other is ever read.
SECRET_PREFIX = "REVOX_SECRET_"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Variables:
    """What ``${var.NAME}`` stands for, and in which environment (None: there are none).

    ``elsewhere`` names the environments that declare each variable. ``certain`` is False if not all
    of the project file could be read: a variable that is missing here may be declared there.
    ``written`` holds how numbers are written, where Python writes them in another way.
    """

    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    environment: str | None = None
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    certain: bool = True
    written: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def text(self, name: str) -> str:
        """Return what the variable is inside a longer text; empty where ``value`` is None.

        A number is as it is written: `0142868200` and `+33142868200` are numbers for YAML.
        """
        value = self.value(name)
        return self.written.get(name, spelled(value))

    def value(self, name: str) -> str | int | float | None:
        """Return the value of the variable ``name``; Unusable if it is not declared here.

        None stands for one that the project file may declare, as far as it could not be read.
        """
        if name in self.values or not self.certain:
            value: str | int | float | None = self.values.get(name)
            return value
        where = f"environment {self.environment}" if self.environment else "the project file"
        elsewhere = [other for other in self.elsewhere.get(name, ()) if other != self.environment]
        hint = hint_for(name, self.values) if self.values else None
        if elsewhere:
            verb = "declare" if len(elsewhere) > 1 else "declares"
            here = f"environments.{self.environment}.vars"
            hint = f"{', '.join(elsewhere)} {verb} it; add it to {here}, or to vars for all of them"
        raise Unusable(
            "undeclared-variable",
            f"{where} declares no variable {name}",
            hint or "declare it under vars: in revox-sync.yaml, or write $${ for a literal ${",
            environment=self.environment,
        )


def set_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that are set, by name.

    Line ends behind a value, and the mark of a file's encoding before it, are no part of it.
    """
    return {
        name.removeprefix(SECRET_PREFIX): held
        for name, value in environ.items()
        if name.startswith(SECRET_PREFIX) and (held := value.rstrip("\r\n").lstrip("\ufeff"))
    }


class Secrets:
    """Where ``${secret.NAME}`` gets its value: REVOX_SECRET_NAME of an environment.

    ``asked`` collects the names that definitions refer to.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._held = set_secrets(environ)
        self.asked: set[str] = set()

    def value(self, name: str) -> str | None:
        """Return what ``${secret.name}`` stands for; None if nothing is set."""
        self.asked.add(name)
        return self._held.get(name)

    @property
    def unset(self) -> frozenset[str]:
        """The names that definitions refer to and that are not set."""
        return frozenset(self.asked - self._held.keys())

    def also(self, held: Mapping[str, str]) -> Secrets:
        """Return these secrets and those in ``held``, values by name."""
        more = Secrets({})
        more._held = {**self._held, **held}
        return more


_REFERENCE = re.compile(r"\$\$\{(?:secret\.)?|\$\{[^{}\n]*\}?")
_KNOWN = re.compile(r"\$\{(var|secret)\.([A-Za-z_][A-Za-z0-9_]*)\}")

#: What is wrong with any other, and how to mend it.
NO_SUCH = (
    "there is no such reference",
    "write ${secret.NAME} or ${var.NAME}, or $${ for a literal ${",
)


def variable_in(text: str) -> str | None:
    """Return the name of the variable if a text is one reference to it; else None."""
    known = _KNOWN.fullmatch(text)
    return known[2] if known and known[1] == "var" else None


def spelled(value: str | int | float | None) -> str:
    """Return the text that a variable's value is inside a longer text; empty for no value."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def expand(
    text: str, resolve: Callable[[str, str, str], str], *, keep_secrets: bool = False
) -> str:
    """Return ``text`` with every reference replaced; what is put in is not looked at again.

    ``resolve(written, kind, name)`` gives the value of one reference: ``written`` is its source
    text, ``kind`` ``var`` or ``secret``, or empty when it is not a reference that exists.
    ``$${`` stands for a literal ``${``; where references to secrets are kept, it stays before
    what looks like one.
    """

    def value(match: re.Match[str]) -> str:
        written = match.group()
        if written.startswith("$$"):
            return written if keep_secrets and written != "$${" else written[1:]
        known = _KNOWN.fullmatch(written)
        return resolve(written, known[1], known[2]) if known else resolve(written, "", "")

    return _REFERENCE.sub(value, text)


def references(text: str) -> list[str]:
    """Return the references in ``text``, as they are written, each once."""
    found = dict.fromkeys(match.group() for match in _REFERENCE.finditer(text))
    return [written for written in found if not written.startswith("$$")]
