"""Environments of a project: what differs between staging and production."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.options import Check, key_findings, limits, text
from revox_sync.definitions.problem import Problem, spell
from revox_sync.definitions.suggest import closest
from revox_sync.errors import UsageError
from revox_sync.model.limits import Limit, limit_of

#: The environment variable that holds the key unless an environment names another.
KEY_VARIABLE = "REVOX_API_KEY"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KEY_VARIABLE = re.compile(rf"{KEY_VARIABLE}[A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Variables:
    """What ``${var.NAME}`` stands for, and in which environment (None: there are none).

    ``elsewhere`` names the environments that declare each variable. They are not ``certain`` where
    the project file could not be read so far: what they lack says nothing.
    """

    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    environment: str | None = None
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment: where its key is, whose it has to be, its variables and its limits."""

    name: str
    key_variable: str = KEY_VARIABLE
    organization_id: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    limits: Mapping[str, Limit] = field(default_factory=dict)


def environment_of(name: str, data: Mapping[str, Any]) -> Environment:
    """Return the environment that a valid entry of ``environments:`` describes."""
    return Environment(
        name,
        data.get("api_key_env", KEY_VARIABLE),
        data.get("organization_id"),
        data.get("vars") or {},
        {limit: limit_of(value) for limit, value in (data.get("limits") or {}).items()},
    )


def chosen(names: tuple[str, ...], wanted: str | None) -> str | None:
    """Return the name of the environment to use, None in a project that has none.

    Raises UsageError where one has to be named, and for one that the project does not declare.
    """
    if wanted is None:
        if not names:
            return None
        raise UsageError(
            f"this project has environments: {', '.join(names)}",
            hint=f"name one with --env {names[0]}, or in REVOX_SYNC_ENV",
        )
    if wanted in names:
        return wanted
    if not names:
        raise UsageError(
            f"this project declares no environments, so there is no {wanted!r}",
            hint="declare it in revox-sync.yaml, or leave --env and REVOX_SYNC_ENV out",
        )
    match = _meant(wanted, names)
    raise UsageError(
        f"there is no environment {wanted!r}; the project has {', '.join(names)}",
        hint=f"did you mean {match}?" if match else None,
    )


def _meant(wanted: str, names: tuple[str, ...]) -> str | None:
    """Return the name that is most likely meant: the only one that begins so, or the closest."""
    begun = [name for name in names if wanted and name.startswith(wanted.casefold())]
    return begun[0] if len(begun) == 1 else closest(wanted, names)


def variables_of(
    shared: Mapping[str, Any],
    environments: Mapping[str, Environment],
    name: str | None,
    *,
    certain: bool,
) -> Variables:
    """Return the variables of an environment: the project's, overlaid by its own."""
    own = environments[name].variables if name is not None else {}
    elsewhere: dict[str, tuple[str, ...]] = {}
    for other in environments.values():
        for variable in other.variables:
            elsewhere[variable] = (*elsewhere.get(variable, ()), other.name)
    return Variables({**shared, **own}, name, elsewhere, certain)


def variables(value: Any, path: Path) -> Iterator[Problem]:
    """Check for variables: names to texts, numbers, true or false."""
    if not isinstance(value, dict):
        hint = "write `vars: {voice: 5c1f…}`"
        yield Problem("wrong-type", f"`{spell(path)}` wants a mapping", hint, path=path)
        return
    for name, item in value.items():
        at = (*path, name)
        if not _NAME.fullmatch(name):
            message = f"`{name}` cannot be referred to as ${{var.…}}"
            hint = "use letters, digits and _, not beginning with a digit"
            yield Problem("variable-name", message, hint, on_key=True, path=at)
        elif not isinstance(item, str | int | float):
            yield Problem(
                "wrong-type", f"`{spell(at)}` wants a text, a number, true or false", path=at
            )


def environments(value: Any, path: Path) -> Iterator[Problem]:
    """Check for environments by name."""
    if not isinstance(value, dict) or not value:
        hint = "write `environments: {staging: {…}, production: {…}}`"
        yield Problem("wrong-type", f"`{spell(path)}` wants a mapping of names", hint, path=path)
        return
    for name, entry in value.items():
        at = (*path, name)
        if not _ENVIRONMENT.fullmatch(name):
            message = f"`{name}` cannot name an environment"
            hint = "use letters, digits, . _ and -"
            yield Problem("environment-name", message, hint, on_key=True, path=at)
        elif entry is not None:
            yield from key_findings(entry, at, _KEYS)


def _key_variable(value: Any, path: Path) -> Iterator[Problem]:
    """Check for an environment variable that may hold a key: no other secret is ever sent."""
    if not isinstance(value, str) or not _KEY_VARIABLE.fullmatch(value):
        message = f"`{spell(path)}` must begin with {KEY_VARIABLE}, so that no other secret is sent"
        yield Problem(
            "key-variable", message, f"write {KEY_VARIABLE}_STAGING, for example", path=path
        )


_KEYS: Mapping[str, Check] = {
    "api_key_env": _key_variable,
    "organization_id": text,
    "vars": variables,
    "limits": limits,
}
