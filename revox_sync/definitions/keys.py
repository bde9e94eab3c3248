"""The tool's own keys: what ``sync:`` of a definition and ``revox-sync.yaml`` may hold.

Some keys stand in both. An assistant's fields are checked against the request model instead.
"""

from __future__ import annotations

import operator
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from revox_sync import __version__
from revox_sync.definitions.problem import Problem, did_you_mean, hint_for
from revox_sync.definitions.severity import ADJUSTABLE, FORMAT, WHICH
from revox_sync.definitions.texts import UNUSABLE_PATH
from revox_sync.model.fields import FIELDS, READ_ONLY
from revox_sync.model.limits import LIMITS, limit_of
from revox_sync.model.path import Path, path_text

#: The environment variable that holds the key unless an environment names another.
KEY_VARIABLE = "REVOX_API_KEY"

#: An id goes into the path of a request, where ``..`` or ``/`` would lead elsewhere.
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:@~-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KEY_VARIABLE = re.compile(rf"{KEY_VARIABLE}[A-Z0-9_]*")
_VERSION = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+){0,2})\s*")
_HOW = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}

#: Yields what is wrong with a value, given its place, whose last part is its key.
Check = Callable[[Any, Path], Iterator[Problem]]


def wants(path: Path, what: str, hint: str | None = None) -> Problem:
    """Return the problem of a value at ``path`` that is not ``what`` is wanted there."""
    message = f"`{path_text(path)}` wants {what}"
    return Problem("wrong-type", message, hint or explained(path), path=path)


def explained(path: Path) -> str:
    """Return the hint that says which command explains the value at ``path``."""
    names = [part for part in path if isinstance(part, str)]
    depth = len(names) if names[0] in FIELDS else 2 if names[0] == "sync" else 1
    return f"`revox-sync explain {'.'.join(names[:depth])}` says what it takes"


def key_findings(data: Any, path: Path, checks: Mapping[str, Check]) -> list[Problem]:
    """Return what is wrong with a mapping of the tool's own keys at ``path``."""
    if not isinstance(data, dict):
        hint = f"its keys are {', '.join(checks)}; leave `{path_text(path)}` out for none"
        return [wants(path, "a mapping", hint)]
    findings: list[Problem] = []
    where = f" in `{path_text(path)}`" if path else ""
    for key, value in data.items():
        at = (*path, key)
        if key in checks:
            findings.extend(checks[key](value, at))
        else:
            hint = hint_for(key, checks)
            findings.append(
                Problem("unknown-key", f"unknown key `{key}`{where}", hint, on_key=True, path=at)
            )
    return findings


def contradictions(
    data: Mapping[str, Any], path: Path, elsewhere: Sequence[str] = ()
) -> Iterator[Problem]:
    """Yield the fields that are to be managed and to be left alone.

    ``data`` is ``sync:`` or the project file, ``elsewhere`` what the latter ignores for the former.
    """
    manage, ignore = (
        value if isinstance(value, list) else [] for value in map(data.get, ("manage", "ignore"))
    )
    for index, name in enumerate(manage):
        if isinstance(name, str) and (name in ignore or name in elsewhere):
            where = "" if name in ignore else " in the project file"
            message = f"`{name}` cannot be both managed and ignored: it is in `ignore`{where}, too"
            hint = "remove it from one of the two"
            yield Problem("managed-and-ignored", message, hint, path=(*path, "manage", index))


def _each(
    kind: type[dict[str, Any]] | type[list[Any]],
    check: Check,
    what: str,
    hint: str,
    *,
    filled: bool = False,
) -> Check:
    """Return a check for a mapping or list of sound values; with ``filled``, of at least one."""

    def checked(value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, kind) or (filled and not value):
            yield wants(path, what, hint)
            return
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from check(item, (*path, key))

    return checked


def _text(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a text that is not blank."""
    if not isinstance(value, str):
        hint = "put it in quotes" if value is not None else "write one, or leave it out"
        yield wants(path, "a text", hint)
    elif not value.strip():
        yield Problem(
            "empty-text",
            f"`{path_text(path)}` cannot be empty",
            "write one, or leave it out",
            path=path,
        )


def _truth(value: Any, path: Path) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield wants(path, "true or false")


def _one_of(*known: str) -> Check:
    """Return a check for one of the words ``known``."""

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if value not in known or not isinstance(value, str):
            hint = did_you_mean(value, known) if isinstance(value, str) else None
            message = f"`{path_text(path)}` must be {' or '.join(known)}"
            yield Problem("unknown-value", message, hint or explained(path), path=path)

    return check


def _managed(value: Any, path: Path) -> Iterator[Problem]:
    """Check for the name of a field at the top level."""
    if not isinstance(value, str):
        yield wants(path, "the name of a field")
    elif value not in FIELDS:
        message = f"there is no field `{value}` at the top level of a definition"
        hint = hint_for(value, FIELDS.keys() - {"name"})
        yield Problem("unknown-field", message, hint, path=path)


def _ignored(value: Any, path: Path) -> Iterator[Problem]:
    """Check for the name of a field that can be left alone."""
    if value == "name":
        message = "`name` cannot be ignored: it is how the assistant is found"
        yield Problem("unknown-field", message, "remove it from the list", path=path)
    else:
        yield from _managed(value, path)


def _limit(value: Any, path: Path) -> Iterator[Problem]:
    try:
        limit_of(value)
    except ValueError:
        message = f"`{path_text(path)}` wants a count such as 20, or a percentage such as 50%"
        yield Problem("limit", message, explained(path), path=path)


def _limits(value: Any, path: Path) -> Iterator[Problem]:
    yield from key_findings(value, path, dict.fromkeys(LIMITS, _limit))


def _identity(value: Any, path: Path) -> Iterator[Problem]:
    """Check for an id, or for one per environment."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _id(item, (*path, name))
    else:
        yield from _id(value, path)


def _id(value: Any, path: Path) -> Iterator[Problem]:
    yield from _text(value, path)
    if isinstance(value, str) and value.strip() and not _ID.fullmatch(value):
        message = f"`{path_text(path)}` is not an id: ids are made of letters, digits and . _ : -"
        hint = "`revox-sync bind` writes the ids of matched assistants"
        yield Problem("not-an-id", message, hint, path=path)


def _extra(_value: Any, path: Path) -> Iterator[Problem]:
    """Check for a field that this version does not know, whatever it holds."""
    name = str(path[-1])
    if name in FIELDS:
        message, hint = f"`{name}` is a field that this version knows", "move it to top level"
        yield Problem("known-field", message, hint, on_key=True, path=path)
    elif name in READ_ONLY:
        message = f"`{name}` is the service's own and cannot be written"
        yield Problem("known-field", message, "remove it", on_key=True, path=path)
    elif not _NAME.fullmatch(name):
        message = "the name of a field is made of letters, digits and _"
        yield Problem("field-name", message, "write it as the API does", on_key=True, path=path)


def _folder(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a folder below the project."""
    if not isinstance(value, str):
        yield wants(path, "the path of a folder")
        return
    folder = posixpath.normpath(value)
    if UNUSABLE_PATH.search(value) or folder == "." or folder.split("/")[0] == "..":
        message = f"`{path_text(path)}` must name a folder below the project, with /"
        yield Problem("folder-path", message, "write assistants, for example", path=path)


def _variable(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a text, number, true or false with the name of a variable."""
    if not _NAME.fullmatch(str(path[-1])):
        message = f"`{path[-1]}` is not the name of a variable"
        hint = "use letters, digits and _, not beginning with a digit"
        yield Problem("variable-name", message, hint, on_key=True, path=path)
    elif not isinstance(value, str | int | float):
        yield wants(path, "a text, a number, true or false")


def _environment(value: Any, path: Path) -> Iterator[Problem]:
    if not _ENVIRONMENT.fullmatch(str(path[-1])):
        message = f"`{path[-1]}` cannot name an environment"
        hint = "use letters, digits, . _ and -"
        yield Problem("environment-name", message, hint, on_key=True, path=path)
    elif value is not None:
        yield from key_findings(value, path, _ENVIRONMENT_KEYS)


def _key_variable(value: Any, path: Path) -> Iterator[Problem]:
    """Check for an environment variable that may hold a key: no other secret is ever sent."""
    if not isinstance(value, str) or not _KEY_VARIABLE.fullmatch(value):
        message = (
            f"`{path_text(path)}` must begin with {KEY_VARIABLE}, so that no other secret is sent"
        )
        hint = f"write {KEY_VARIABLE}_STAGING, for example"
        yield Problem("key-variable", message, hint, path=path, masked=True)  # it may be the key


def _rule(value: Any, path: Path) -> Iterator[Problem]:
    """Check for the severity of a rule, or for those that a key or a glob has."""
    name = str(path[-1])
    if name in ADJUSTABLE:
        yield from _one_of("error", "warning", "off")(value, path)
    elif isinstance(value, dict) and path == ("rules", name):
        for rule, word in value.items():
            yield from _rule(word, (*path, rule))
    elif name in WHICH or name in FORMAT:
        message = f"the severity of `{name}` cannot be changed"
        hint = (
            "without it, nobody could say which assistant a definition means"
            if name in WHICH
            else "it finds what cannot be read or sent"
        )
        yield Problem("unknown-rule", message, hint, on_key=True, path=path)
    else:
        hint = "docs/rules.md lists the rules"
        if not isinstance(value, str):
            hint = 'for some definitions, write `"hotel/*": {not-https: error}`'
        elif set(name) & set("*?[/"):
            hint = f'for some definitions, write `"{name}": {{not-https: error}}`'
        hint = did_you_mean(name, (*ADJUSTABLE, *WHICH)) or hint
        yield Problem("unknown-rule", f"there is no rule `{name}`", hint, on_key=True, path=path)


def _versions(value: Any, path: Path) -> Iterator[Problem]:
    """Check for versions of this program, such as ``>=0.3, <2``, of which this is one."""
    stated = value.split(",") if isinstance(value, str) else [""]
    found = [known for known in map(_VERSION.fullmatch, stated) if known]
    if len(found) < len(stated):
        message = f"`{path_text(path)}` wants versions of revox-sync"
        yield Problem("required-version", message, 'write ">=0.3" or ">=0.3, <2"', path=path)
    elif not all(_HOW[known[1]](_parts(__version__), _parts(known[2])) for known in found):
        message = f"this project requires revox-sync {value}; this is {__version__}"
        hint = "install a version that it names; nothing else in the project was checked"
        yield Problem("required-version", message, hint, path=path)


def _parts(version: str) -> tuple[int, ...]:
    parts = [int(number) for number in re.findall(r"\d+", version)]
    return tuple((*parts, 0, 0, 0)[:3])


_replace = _one_of("in-place", "recreate")
_ignore = _each(list, _ignored, "a list of field names", "write [voice, faq_items], for example")
_manage = _each(
    list,
    _managed,
    "a list of field names",
    "write [prompt, faq_items], for example; leave it out to manage what is stated",
    filled=True,
)
_vars = _each(dict, _variable, "a mapping", "write `vars: {voice: 5c1f…}`")

SYNC_KEYS: Mapping[str, Check] = {
    "id": _identity,
    "renamed_from": _text,
    "replace": _replace,
    "ignore": _ignore,
    "manage": _manage,
    "environments": _each(
        list,
        _text,
        "a list of environments",
        "write [production], for example; leave it out for all of them",
        filled=True,
    ),
    "extra": _each(dict, _extra, "a mapping of fields", "write `extra: {new_field: …}`"),
}
_ENVIRONMENT_KEYS: Mapping[str, Check] = {
    "api_key_env": _key_variable,
    "organization_id": _text,
    "vars": _vars,
    "limits": _limits,
}
PROJECT_KEYS: Mapping[str, Check] = {
    "assistants": _folder,
    "defaults": lambda _value, _path: iter(()),  # checked as the fields of a definition are
    "absent": _one_of("report", "keep", "reset"),
    "prune": _truth,
    "replace": _replace,
    "retire": _one_of("delete", "keep"),
    "profile": _one_of("auto", "seed", "current"),
    "ignore": _ignore,
    "limits": _limits,
    "rules": _each(
        dict, _rule, "a mapping of rules", "write `rules: {not-https: error}`, for example"
    ),
    "manage": _manage,
    "vars": _vars,
    "environments": _each(
        dict,
        _environment,
        "a mapping of names",
        "write `environments: {staging: {…}, production: {…}}`",
        filled=True,
    ),
    "organization_id": _text,
    "require": _versions,
}
