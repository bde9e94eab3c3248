"""A plan right after an apply is empty, and the account holds what the definition states."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from properties.roundtrip import Service, check_converges, quirky, sandbox
from properties.samples import MODELS, everything, of_profile, sparse, with_model, with_nulls
from properties.strategies import assistants
from support.examples import examples

from revox_sync.model.generations import Profile

_SETTINGS = settings(
    max_examples=examples(10),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


_OTHERS = {
    "nulls": with_nulls(),
    "sparse": sparse(),
    **{model["type"]: with_model(model["type"]) for model in MODELS},
}
each_profile = pytest.mark.parametrize("profile", ["seed", "current"])
each_service = pytest.mark.parametrize(
    "service", [sandbox, quirky], ids=["sandbox", "quirky service"]
)


@each_profile
@each_service
@pytest.mark.parametrize("name", _OTHERS)
def test_an_assistant_with_every_field_becomes_another_and_comes_back(
    service: Service, profile: Profile, name: str
) -> None:
    first, second = of_profile(profile, everything()), of_profile(profile, _OTHERS[name])
    check_converges(service, profile, first, second)


@each_profile
@each_service
@_SETTINGS
@given(data=st.data())
def test_what_was_applied_needs_no_second_apply(
    service: Service, profile: Profile, data: st.DataObject
) -> None:
    first: dict[str, Any] = data.draw(assistants(profile))
    second: dict[str, Any] = data.draw(assistants(profile))
    check_converges(service, profile, first, second)
