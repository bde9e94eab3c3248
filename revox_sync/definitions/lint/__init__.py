"""Rules across fields: what the types alone cannot say. Importing a topic adds its rules."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from revox_sync.definitions.lint import calls, tools  # noqa: F401
from revox_sync.definitions.lint.across import ACROSS_RULES, AcrossRule
from revox_sync.definitions.lint.rule import ACCOUNT_RULES, READING_RULES, RULES, OtherRule, Rule
from revox_sync.definitions.problem import Problem, touches
from revox_sync.model.path import Path

__all__ = ["ACROSS_RULES", "ALL_RULES", "RULES", "lint"]

#: Every rule that has an id and a text of its own, in the order of the documentation.
ALL_RULES: tuple[Rule | AcrossRule | OtherRule, ...] = (
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
) -> list[Problem]:
    """Return what the rules find in the composed ``fields`` of one assistant.

    ``unsound`` names fields that have been reported already: no rule reads them. ``checked`` names
    fields that have been checked elsewhere: rules that read nothing else are left out. ``secrets``
    are the places that a ``${secret.NAME}`` went into. Without ``several``, rules that read more
    than one field together are left out.
    """
    findings: list[Problem] = []
    for rule in RULES:
        if fields.keys().isdisjoint(rule.reads):
            continue
        is_single = rule.apart or len(rule.reads) == 1
        if not (is_single or several):
            continue
        passed_over = unsound | checked if is_single else unsound
        for view in rule.views(fields):
            if not passed_over.isdisjoint(view):
                continue
            for path, message, hint in rule.check(view):
                if rule.on_literals and touches(path, secrets):
                    continue
                findings.append(
                    Problem(
                        rule.id, message, hint, rule.severity, masked=rule.on_literals, path=path
                    )
                )
    return findings
