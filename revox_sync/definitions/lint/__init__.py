"""Rules across fields: what the types alone cannot say. One tuple names them all."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from revox_sync.definitions.finding import Finding
from revox_sync.definitions.lint import (
    calling_windows,
    contact,
    first_sentence,
    structured_output,
    texts,
    voice,
)
from revox_sync.definitions.lint.across import ACROSS_RULES
from revox_sync.definitions.lint.rule import Rule

__all__ = ["ACROSS_RULES", "RULES", "lint"]

RULES: tuple[Rule, ...] = (
    *texts.RULES,
    *first_sentence.RULES,
    *voice.RULES,
    *calling_windows.RULES,
    *structured_output.RULES,
    *contact.RULES,
)


def lint(
    fields: Mapping[str, Any], unsound: Set[str], checked: Set[str], *, several: bool = True
) -> list[Finding]:
    """Return what the rules find in the composed ``fields`` of one assistant.

    ``unsound`` names fields that have been reported already: no rule reads them. ``checked`` names
    fields that have been checked elsewhere: rules that read nothing else are left out. Without
    ``several``, so are rules that read more than one field.
    """
    findings: list[Finding] = []
    for rule in RULES:
        reads = rule.reads
        if fields.get(reads[0]) is None or not unsound.isdisjoint(reads):
            continue
        if (reads[0] in checked) if len(reads) == 1 else not several:
            continue
        for path, message, hint in rule.check(fields):
            findings.append(Finding(rule.id, path, message, hint, rule.severity))
    return findings
