"""A plan right after an apply is empty, and the account holds what the definition states."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from roundtrip import Service, check_converges, quirky, sandbox
from strategies import assistants

_SETTINGS = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("service", [sandbox, quirky], ids=["sandbox", "quirky service"])
@_SETTINGS
@given(first=assistants(), second=assistants())
def test_what_was_applied_needs_no_second_apply(
    service: Service, first: dict[str, Any], second: dict[str, Any]
) -> None:
    check_converges(service, first, second)
