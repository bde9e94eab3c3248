"""A plan right after an apply is empty, and the account holds what the definition states."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from properties.roundtrip import Service, check_converges, quirky, sandbox
from properties.strategies import assistants

from revox_sync.model.generations import Profile

_SETTINGS = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.mark.parametrize("profile", ["seed", "current"])
@pytest.mark.parametrize("service", [sandbox, quirky], ids=["sandbox", "quirky service"])
@_SETTINGS
@given(data=st.data())
def test_what_was_applied_needs_no_second_apply(
    service: Service, profile: Profile, data: st.DataObject
) -> None:
    first: dict[str, Any] = data.draw(assistants(profile))
    second: dict[str, Any] = data.draw(assistants(profile))
    check_converges(service, profile, first, second)
