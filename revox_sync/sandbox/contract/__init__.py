"""The contract: one OpenAPI 3.1 document per profile, put together from the JSON files beside this.

``openapi.json`` holds the paths and what both profiles share; ``schemas-PROFILE.json`` the schemas
in which they differ. POST and PATCH of an assistant are documented with the same members, and only
POST requires two of them, so ``AssistantCreate`` is derived. A path with ``x-since`` came after SDK
0.1.1, so profile seed does not have it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

#: ``seed``: the 18 request fields of SDK 0.0.3 and 0.1.1. ``current``: the 45 of 0.4.0 and 0.5.0.
Profile = Literal["seed", "current"]

_HERE = Path(__file__).parent


def openapi(profile: Profile) -> dict[str, Any]:
    """Return a fresh OpenAPI document of the profile; its paths are relative to ``/api``."""
    document: dict[str, Any] = _read("openapi.json")
    if profile == "seed":
        paths = document["paths"].items()
        document["paths"] = {path: item for path, item in paths if "x-since" not in item}
    schemas = document["components"]["schemas"]
    schemas.update(_read(f"schemas-{profile}.json"))
    schemas["AssistantCreate"] = {**schemas["AssistantUpdate"], "required": ["name", "prompt"]}
    return document


def account_data(profile: Profile) -> dict[str, Any]:
    """Return the document with a schema ``Data`` besides: what a file of account data may state.

    That is what the API answers, with less required: the sandbox fills in what a file leaves out. A
    secret may be missing, because a service may leave it out of its answers.
    """
    document = openapi(profile)
    schemas = document["components"]["schemas"]
    data = _read("data.json")
    for name, required in data["required"].items():
        if name in schemas:
            schemas[name]["required"] = required
    schemas["Timestamp"] = data["Timestamp"]
    schemas["PhoneNumber"]["properties"].update(data["links"])
    schemas["Data"] = data["Data"]
    if profile == "seed":
        for name in ("phone_numbers", "calls"):
            del schemas["Data"]["properties"][name]
    return document


def assistant_members(profile: Profile) -> list[str]:
    """Return the members of an assistant in a response, in the document's order."""
    return list(_read(f"schemas-{profile}.json")["Assistant"]["properties"])


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_HERE / name).read_text(encoding="utf-8"))
    return content
