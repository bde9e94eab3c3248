"""The model takes what the official SDK sends, whose types are the vendor's.

The SDK is a stranger: its types are read as they are installed. What the model takes beyond them
(what that release no longer has) stands in the table of fields, and nowhere in these tests.
"""

from __future__ import annotations

from importlib.metadata import version

from contract import ours
from contract.annotations import of_sdk, read
from contract.compare import Named, as_patch, differences
from contract.facts import age, documents

RELEASE = version("revox")
NEWER = age(RELEASE) > age(documents().newest)


def test_the_model_takes_what_a_create_takes() -> None:
    sdk = Named(f"revox {RELEASE}", read(of_sdk("AssistantCreateParams")))
    assert differences(Named("the model", ours.at(RELEASE)), sdk, newer=NEWER) == []


def test_the_model_takes_what_an_update_takes() -> None:
    sdk = Named(f"revox {RELEASE}", read(of_sdk("AssistantUpdateParams")))
    assert differences(Named("the model", as_patch(ours.at(RELEASE))), sdk, newer=NEWER) == []
