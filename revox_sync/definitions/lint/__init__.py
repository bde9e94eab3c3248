"""Rules across fields: what the types alone cannot say. One tuple names them all."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from revox_sync.definitions.definition import Path
from revox_sync.definitions.lint import (
    calling_windows,
    first_sentence,
    integrations,
    literal_secrets,
    notifications,
    phones,
    retries,
    sms,
    sounds,
    texts,
    tools,
    transfer,
    typed_values,
    urls,
    voice,
)
from revox_sync.definitions.lint.across import ACROSS_RULES
from revox_sync.definitions.lint.rule import Rule
from revox_sync.definitions.problem import Problem, touches

__all__ = ["ACROSS_RULES", "RULES", "lint"]

RULES: tuple[Rule, ...] = (
    *texts.RULES,
    *first_sentence.RULES,
    *voice.RULES,
    *sounds.RULES,
    *calling_windows.RULES,
    *retries.RULES,
    *phones.RULES,
    *transfer.RULES,
    *typed_values.RULES,
    *tools.RULES,
    *notifications.RULES,
    *sms.RULES,
    *integrations.RULES,
    *urls.RULES,
    *literal_secrets.RULES,
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
