"""The sandbox against the documented facts, over HTTP, in both profiles."""

from __future__ import annotations

import pytest
from conformance import CHECKS
from running import Api


@pytest.mark.parametrize("name", CHECKS)
def test_profile_current_conforms(api: Api, name: str) -> None:
    CHECKS[name](api)


@pytest.mark.parametrize("name", sorted(CHECKS.keys() - {"sdk"}))  # of 0.1.1: test_sandbox_sdk.py
def test_profile_seed_conforms(seed_api: Api, name: str) -> None:
    CHECKS[name](seed_api)
