"""What a definition states and the account's generation of the API does not have."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from revox_sync.definitions.finding import Finding
from revox_sync.model.generations import Generation, outside


def outside_findings(
    fields: Mapping[str, Any], generation: Generation, members: Set[str] = frozenset()
) -> list[Finding]:
    """Return a finding for each field, member or value that an account does not have.

    ``members`` are those that the account's assistants report.
    """
    return [
        Finding("outside-profile", problem.path, problem.message, "remove it, or leave it out here")
        for problem in outside(fields, generation, members)
    ]
