"""``rules:`` of the project file: how severe a rule is, and for which definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from fnmatch import fnmatchcase
from typing import Any, get_args

from revox_sync.definitions.lint import ACROSS_RULES, ALL_RULES, OPTIONAL
from revox_sync.definitions.problem import Problem, Word
from revox_sync.model.path import Path
from revox_sync.records import dataclass

#: If a project could turn these off, nobody could say which assistant a definition means.
WHICH = frozenset(("blank-name", *(rule.id for rule in ACROSS_RULES if rule.severity == "error")))

#: Every rule that ``rules:`` may name, with its severity where that says nothing.
ADJUSTABLE: Mapping[str, Word] = {
    rule.id: rule.severity for rule in ALL_RULES if rule.id not in WHICH
}

#: What makes a file or a value unusable, with its meaning. No project can change that.
FORMAT: Mapping[str, str] = {
    "bad-reference": "A `${…}` is no variable and no secret, or stands where none may.",
    "conflict-marker": "A merge conflict was left in the file.",
    "default-name": "`defaults` states a name, which every definition has of its own.",
    "duplicate-key": "A key stands twice in one mapping; YAML would silently take one of them.",
    "empty-file": "The file holds nothing.",
    "empty-text": "A text is empty that cannot be.",
    "environment-name": "The name of an environment has characters that no option could name.",
    "field-name": "A name in `sync.extra` is not written as the API writes names.",
    "file-name": "The name of a file cannot be a key.",
    "folder-path": "`assistants` names no folder that definitions can be in.",
    "ignored-file": "An included file is ignored by git, so nobody reviews it.",
    "include-circle": "A file includes itself, directly or through others.",
    "include-kind": "An included file is a list where a text is wanted, or the reverse.",
    "include-outside": "An include leads out of the repository; without one, out of the project.",
    "include-path": "`file` holds no path of one file.",
    "key-not-text": "A key of a mapping is no text.",
    "key-variable": "`api_key_env` names a variable that does not begin with REVOX_API_KEY.",
    "known-field": "`sync.extra` holds a field that is known, or that only the service writes.",
    "lfs-pointer": "The file is a pointer of git-lfs, not what it stands for.",
    "limit": "A limit is neither a count nor a percentage.",
    "managed-and-ignored": "A field is both managed and ignored.",
    "mask": "A mask such as `****` stands in the place of a credential.",
    "merge-key": "A `<<` merges what is no mapping.",
    "misnamed-file": "The project file has another name than `revox-sync.yaml`.",
    "missing-file": "An included file does not exist.",
    "missing-folder": "The folder of the definitions does not exist.",
    "missing-key": "A key is missing that the API needs.",
    "no-definitions": "There is no definition in the folder.",
    "not-a-file": "A folder, or something else that is no file, has the name of a definition.",
    "not-a-mapping": "The file does not consist of names and values.",
    "not-an-id": "`sync.id` is nothing that can be an id.",
    "not-utf8": "The file is not UTF-8.",
    "null-value": "`null` stands where the API does not take it.",
    "number-range": "A number is larger, or has more digits, than can be kept exactly.",
    "out-of-range": "A value lies out of the bounds that the API has for it.",
    "outside-profile": "The account's generation of the API lacks this field, member or value.",
    "recursive-alias": "An alias or a merge contains itself.",
    "required-version": "`require` does not allow this version of revox-sync.",
    "retire-unstated": "`retire` does not say what becomes of assistants that are recreated.",
    "secret-place": "A secret is to go into a value that plans and logs show.",
    "submodule": "The file lies in a git submodule, which is not read.",
    "symbolic-link": "The file is a link, or lies behind one. Links are not followed.",
    "too-deep": "Values or includes are nested too deeply.",
    "too-large": "The file, or what it comes to, is larger than 5 MB.",
    "too-many-values": "The file comes to more values than a definition can sensibly have.",
    "undeclared-variable": "`${var.NAME}` names a variable that `vars` does not declare.",
    "unknown-environment": "An environment is named that the project does not declare.",
    "unknown-field": "A list of fields names something that is none.",
    "unknown-key": "Nobody knows this key: it is mistyped, or newer than this version.",
    "unknown-rule": "`rules` names a rule that does not exist, or whose severity is fixed.",
    "unknown-value": "A value that is none of those that the API takes.",
    "unreadable": "The file cannot be read.",
    "unset-secret": "A secret is needed and not set, or holds nothing that can be sent.",
    "variable-name": "The name of a variable has characters that `${var.NAME}` cannot hold.",
    "wrong-type": "A value has another type than the API wants, such as a text for a number.",
    "wrong-value": "A value that the API does not take.",
    "yaml-alias": "An alias `*name` without an anchor `&name` above it.",
    "yaml-anchor": "An anchor `&name` that names no value, or that is there twice.",
    "yaml-character": "A character that YAML does not allow, or that readers take differently.",
    "yaml-documents": "The file holds more than one YAML document.",
    "yaml-syntax": "The file is not YAML.",
    "yaml-tab": "A tab stands where YAML wants spaces.",
    "yaml-tag": "A tag `!…` that definitions do not have, or that does not fit its value.",
    "yaml-version": "A `%YAML` line asks for another version than 1.2.",
}


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
        return max(words, key=get_args(Word).index)

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


def idle_globs(stated: Severities, keys: Iterable[str]) -> Iterator[Path]:
    """Yield the place of each glob in ``rules:`` that no key matches."""
    known = list(keys)
    for glob, _ in stated.by_key:
        if not any(fnmatchcase(key, glob) for key in known):
            yield ("rules", glob)
