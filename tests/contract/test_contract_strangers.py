"""The documents, the official SDK and the sandbox agree, without any word of the tool's own."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from contract.annotations import of_sdk
from contract.annotations import read as read_types
from contract.compare import COMMON, Named, as_patch, differences
from contract.facts import age, documents
from contract.schemas import read as read_schema

from revox_sync.sandbox.contract import Profile, openapi

DOCUMENTS = documents()
RELEASE = version("revox")
NEWER = age(RELEASE) > age(DOCUMENTS.newest)
SPOKEN = DOCUMENTS.sides[DOCUMENTS.generation(RELEASE)]


def test_the_sdk_creates_by_the_documents() -> None:
    sdk = Named(f"revox {RELEASE}", read_types(of_sdk("AssistantCreateParams")))
    assert differences(Named("facts.json", SPOKEN), sdk, newer=NEWER) == []


def test_the_sdk_updates_by_the_documents() -> None:
    sdk = Named(f"revox {RELEASE}", read_types(of_sdk("AssistantUpdateParams")))
    assert differences(Named("facts.json", as_patch(SPOKEN)), sdk, newer=NEWER) == []


@pytest.mark.parametrize("profile", ["seed", "current"])
def test_a_create_in_the_sandbox_takes_what_is_documented(profile: Profile) -> None:
    sandbox = Named("the sandbox", read_schema(openapi(profile), "AssistantCreate"))
    told = Named("facts.json", DOCUMENTS.sides[DOCUMENTS.profiles[profile]])
    assert differences(sandbox, told, (*COMMON, "bounds", "default")) == []


@pytest.mark.parametrize("profile", ["seed", "current"])
def test_an_update_in_the_sandbox_takes_what_is_documented(profile: Profile) -> None:
    sandbox = Named("the sandbox", read_schema(openapi(profile), "AssistantUpdate"))
    told = Named("facts.json", as_patch(DOCUMENTS.sides[DOCUMENTS.profiles[profile]]))
    assert differences(sandbox, told, (*COMMON, "bounds", "default")) == []
