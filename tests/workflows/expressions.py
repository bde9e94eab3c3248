"""GitHub's expressions, as far as the workflows use them; any other form is an error.

https://docs.github.com/actions/reference/workflows-and-actions/expressions. Stricter than GitHub,
to whom a misspelt name is an empty text: what no context holds is an error, unless a context says
that it may be missing (``Open``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|\|\||&&|==|!=|[!()]|[A-Za-z_][\w.-]*)")
_PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)

#: Functions of up to one text, such as ``always()`` and ``hashFiles('plan.json')``.
Functions = Mapping[str, Callable[..., Any]]


class UnknownForm(Exception):
    """An expression that this reading of the language does not cover."""


class Open(dict[str, Any]):
    """A context whose names may be missing, such as ``secrets``."""


def fill(text: str, contexts: Mapping[str, Any], functions: Functions) -> str:
    """Return a text with every ``${{ … }}`` replaced by its value."""
    return _PLACE.sub(lambda found: told(evaluate(found[1], contexts, functions)), text)


def holds(condition: str, contexts: Mapping[str, Any], functions: Functions) -> bool:
    """Return whether an ``if`` is met; ``${{ }}`` may stand around it."""
    found = _PLACE.fullmatch(condition.strip())
    return bool(evaluate(found[1] if found else condition, contexts, functions))


def told(value: Any) -> str:
    """Return a value as it stands in a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def evaluate(expression: str, contexts: Mapping[str, Any], functions: Functions) -> Any:
    """Return the value of an expression, without the ``${{ }}``."""
    return _Reading(expression, contexts, functions).value()


class _Reading:
    """Reads an expression from left to right; every part that is read is evaluated."""

    def __init__(self, expression: str, contexts: Mapping[str, Any], functions: Functions) -> None:
        self._expression = expression
        self._tokens = self._split()
        self._contexts = contexts
        self._functions = functions

    def value(self) -> Any:
        """Return the value of the whole."""
        value = self._either()
        if self._tokens:
            raise UnknownForm(self._expression)
        return value

    def _split(self) -> list[str]:
        tokens, at, text = [], 0, self._expression.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise UnknownForm(self._expression)
            tokens.append(found[1])
            at = found.end()
        return tokens

    def _take(self, *wanted: str) -> str | None:
        if self._tokens and (not wanted or self._tokens[0] in wanted):
            return self._tokens.pop(0)
        return None

    def _either(self) -> Any:
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._take("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> Any:
        value = self._one()
        sign = self._take("==", "!=")
        if sign is None:
            return value
        return (told(value) == told(self._one())) == (sign == "==")

    def _one(self) -> Any:
        token = self._take()
        if token is None or token in {"||", "&&", "==", "!=", ")"}:
            raise UnknownForm(self._expression)
        if token == "!":
            return not self._one()
        if token == "(":
            value = self._either()
            return self._closed(value)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return self._call(token) if self._take("(") else self._name(token)

    def _closed(self, value: Any) -> Any:
        if self._take(")") is None:
            raise UnknownForm(self._expression)
        return value

    def _call(self, name: str) -> Any:
        if name not in self._functions:
            raise UnknownForm(f"{name}() in {self._expression}")
        arguments = [] if self._tokens[:1] == [")"] else [self._either()]
        return self._closed(self._functions[name](*arguments))

    def _name(self, path: str) -> Any:
        value: Any = self._contexts
        for name in path.split("."):
            if value is None:
                return None
            if not isinstance(value, Mapping):
                raise UnknownForm(f"{path} in {self._expression}")
            if name not in value and not isinstance(value, Open):
                raise UnknownForm(f"nothing is called {path} in {self._expression}")
            value = value.get(name)
        return value
