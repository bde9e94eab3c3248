"""Schemathesis reads the contract document and sends one operation what it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import requests
import schemathesis
from hypothesis import Phase, given, settings
from running import KEY, Api
from support.examples import examples

from revox_sync.sandbox.contract import Profile, openapi

BOUNDED = settings(
    max_examples=examples(4),
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)

Case = schemathesis.Case[Any]
Mode = Literal["positive", "negative"]


@cache
def schema(profile: Profile) -> Any:
    """Return the contract document of a profile as schemathesis understands it."""
    return schemathesis.openapi.from_dict(openapi(profile))


def operations(profile: Profile) -> Iterator[Any]:
    """Yield each operation of a profile."""
    for operation in schema(profile).get_all_operations():
        yield operation.ok()


def attempt(operation: Any, api: Api, mode: Mode) -> None:
    """Send the operation what it is to take, or what it is to refuse, and judge the answers."""
    with requests.Session() as session:
        session.trust_env = False  # it reads the whole environment for each request
        session.headers["Authorization"] = f"Bearer {KEY}"

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
        def check(case: Case) -> None:
            case.call_and_validate(base_url=api.base_url, session=session)

        check()
