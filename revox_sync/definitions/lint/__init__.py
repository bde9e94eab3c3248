"""Rules across fields: what the types alone cannot say. Importing a topic adds its rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from revox_sync.definitions.lint import calls, tools  # noqa: F401
from revox_sync.definitions.lint.across import ACROSS_RULES
from revox_sync.definitions.lint.rule import ACCOUNT_RULES, READING_RULES, RULES, FieldRule, Rule
from revox_sync.definitions.problem import Problem, Severity, touches
from revox_sync.model.path import Path

__all__ = ["ACROSS_RULES", "ALL_RULES", "OPTIONAL", "RULES", "lint"]

#: Every rule that has an id and a text of its own, in the order of the documentation.
ALL_RULES: tuple[Rule, ...] = (
    *RULES,
    *READING_RULES,
    *ACROSS_RULES,
    *ACCOUNT_RULES,
)


def lint(
    fields: Mapping[str, Any],
    unsound: Set[str],
    checked: Set[str],
    secrets: Set[Path],
    *,
    several: bool = True,
    wanted: Iterable[str] = (),
) -> list[Problem]:
    """Return what the rules find in the composed ``fields`` of one assistant.

    ``unsound`` names fields that have been reported already: no rule reads them. ``checked`` names
    fields that have been checked elsewhere: rules that read nothing else are left out. ``secrets``
    are the places that a ``${secret.NAME}`` went into. Without ``several``, rules that read more
    than one field together are left out. ``wanted`` names rules that are otherwise off; they read
    what was checked elsewhere, too.
    """
    findings: list[Problem] = []
    for name, value in fields.items():
        if not (value is None or name in unsound or name in checked):
            for rule in _APART.get(name, ()):
                findings += _findings(rule, {name: value}, secrets)
    for rule in (*(_TOGETHER if several else ()), *(OPTIONAL[name] for name in wanted)):
        view = {name: fields[name] for name in rule.reads if name in fields}
        if unsound.isdisjoint(view) and any(value is not None for value in view.values()):
            findings += _findings(rule, view, secrets)
    return findings


#: The rules that are off unless a project wants them, by id; and the others.
OPTIONAL = {rule.id: rule for rule in RULES if rule.severity == "off"}
_ON = [rule for rule in RULES if rule.severity != "off"]

#: The rules that look at a field alone, by its name, and those that read several.
_APART = {
    name: [rule for rule in _ON if rule.apart and name in rule.reads]
    for rule in _ON
    for name in rule.reads
}
_TOGETHER = [rule for rule in _ON if not rule.apart]


def _findings(rule: FieldRule, view: Mapping[str, Any], secrets: Set[Path]) -> list[Problem]:
    """Return what one rule finds in the fields that it reads."""
    severity: Severity = "warning" if rule.severity == "off" else rule.severity
    return [
        Problem(rule.id, message, hint, severity, masked=rule.on_literals, path=path)
        for path, message, hint in rule.check(view)
        if not (rule.on_literals and touches(path, secrets))
    ]
