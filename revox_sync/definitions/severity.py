"""``rules:`` of the project file: how severe a rule is, and for which definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from fnmatch import fnmatchcase
from typing import Any

from revox_sync.definitions.definition import one_of, wants
from revox_sync.definitions.lint import ACROSS_RULES, ALL_RULES, OPTIONAL
from revox_sync.definitions.problem import Problem, Word, closest
from revox_sync.model.path import Path
from revox_sync.records import dataclass

#: From the least severe to the most.
WORDS = ("off", "warning", "error")

#: Where what these find is passed over, nobody can say which assistant a definition means.
_WHICH = frozenset(("blank-name", *(rule.id for rule in ACROSS_RULES if rule.severity == "error")))

#: Every rule that ``rules:`` may name, with its severity where that says nothing.
ADJUSTABLE: Mapping[str, Word] = {
    rule.id: rule.severity for rule in ALL_RULES if rule.id not in _WHICH
}

#: What is wrong with a file or a value itself: nothing can be made of it.
_FORMAT = frozenset(
    (
        *("bad-reference", "conflict-marker", "default-name", "duplicate-key", "empty-file"),
        *("empty-text", "environment-name", "field-name", "file-name", "folder-path"),
        *("ignored-file", "include-circle", "include-kind", "include-outside", "include-path"),
        *("key-not-text", "key-variable", "known-field", "lfs-pointer", "limit"),
        *("managed-and-ignored", "mask", "merge-key", "misnamed-file", "missing-file"),
        *("missing-folder", "missing-key", "no-definitions", "not-a-file", "not-a-mapping"),
        *("not-an-id", "not-utf8", "null-value", "number-range", "out-of-range"),
        *("outside-profile", "recursive-alias", "required-version", "retire-unstated"),
        *("secret-place", "submodule", "symbolic-link", "too-deep", "too-large"),
        *("too-many-values", "undeclared-variable", "unknown-environment", "unknown-field"),
        *("unknown-key", "unknown-rule", "unknown-value", "unreadable", "unset-secret"),
        *("variable-name", "wrong-type", "wrong-value", "yaml-alias", "yaml-anchor"),
        *("yaml-character", "yaml-documents", "yaml-syntax", "yaml-tab", "yaml-tag"),
        "yaml-version",
    )
)


@dataclass(frozen=True, slots=True)
class Severities:
    """What ``rules:`` says: of ``general`` rules, and ``by_key`` for the definitions of a glob.

    Of several globs that match a key, the last one that names the rule counts. ``base`` is what
    the project file said at the commit that a plan is compared with: the stricter of the two
    counts.
    """

    general: Mapping[str, Word] = field(default_factory=dict)
    by_key: tuple[tuple[str, Mapping[str, Word]], ...] = ()
    base: Severities | None = None

    def __bool__(self) -> bool:
        return bool(self.general or self.by_key or self.base is not None)

    def of(self, rule: str, *keys: str) -> Word:
        """Return how severe an adjustable rule is: in these definitions, the strictest counts."""
        words = [self.stated(rule, key) for key in keys or (None,)]
        if self.base is not None:
            words.append(self.base.of(rule, *keys))
        return max(words, key=WORDS.index)

    def stated(self, rule: str, key: str | None = None) -> Word:
        """Return what ``of`` does, but for the base."""
        if key is not None:
            for glob, words in reversed(self.by_key):
                if rule in words and fnmatchcase(key, glob):
                    return words[rule]
        return self.general.get(rule, ADJUSTABLE[rule])

    def wanted(self, key: str) -> list[str]:
        """Return the rules that are off unless a project wants them, and that this one does."""
        return [rule for rule in OPTIONAL if self.of(rule, key) != "off"] if self else []

    def judged(self, problems: Iterable[Problem], *keys: str) -> list[Problem]:
        """Return problems of these definitions with their severity, without those that are off."""
        found = list(problems)
        if not self:
            return found
        words = {one.rule: self.of(one.rule, *keys) for one in found if one.rule in ADJUSTABLE}
        return [
            one if word is None else replace(one, severity=word)
            for one in found
            if (word := words.get(one.rule)) != "off"
        ]


def severities(stated: Mapping[str, Any]) -> Severities:
    """Return what a sound ``rules:`` says."""
    general = {name: word for name, word in stated.items() if not isinstance(word, dict)}
    by_key = tuple((name, words) for name, words in stated.items() if isinstance(words, dict))
    return Severities(general, by_key)


def rule_findings(value: Any, path: Path) -> Iterator[Problem]:
    """Check for severities by rule, and by keys and their globs."""
    if not isinstance(value, dict):
        yield wants(path, "a mapping of rules", "write `rules: {not-https: error}`, for example")
        return
    for name, item in value.items():
        at = (*path, name)
        if isinstance(item, dict) and name not in ADJUSTABLE:
            for rule, word in item.items():
                yield from _severity(rule, word, (*at, rule))
        else:
            yield from _severity(name, item, at)


def _severity(rule: str, word: Any, at: Path) -> Iterator[Problem]:
    if rule in ADJUSTABLE:
        yield from one_of("error", "warning", "off")(word, at)
        return
    if rule in _WHICH or rule in _FORMAT:
        message = f"the severity of `{rule}` cannot be changed"
        hint = (
            "without it, nobody could say which assistant a definition means"
            if rule in _WHICH
            else "it finds what cannot be read or sent, and is no rule of docs/rules.md"
        )
        yield Problem("unknown-rule", message, hint, on_key=True, path=at)
        return
    match = closest(rule, (*ADJUSTABLE, *_WHICH))
    hint = f"did you mean {match}?" if match else "docs/rules.md lists the rules"
    if not match and not isinstance(word, str):
        hint = 'for some definitions, write `"hotel/*": {not-https: error}`'
    elif not match and set(rule) & set("*?[/"):
        hint = f'for some definitions, write `"{rule}": {{not-https: error}}`'
    yield Problem("unknown-rule", f"there is no rule `{rule}`", hint, on_key=True, path=at)


def idle_globs(stated: Severities, keys: Iterable[str]) -> Iterator[Path]:
    """Yield the place of each glob in ``rules:`` that no key matches."""
    known = list(keys)
    for glob, _ in stated.by_key:
        if not any(fnmatchcase(key, glob) for key in known):
            yield ("rules", glob)
