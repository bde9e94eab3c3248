"""The contract document says what the documented facts say, field by field."""

from __future__ import annotations

import re
from typing import Any

import pytest
from running import data

from revox_sync.sandbox.contract import Profile, openapi

each_profile = pytest.mark.parametrize("profile", ["seed", "current"])
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "minLength")
RESPONSE_ONLY = ("created_by.", "faq_items[].id", "faq_items[].needs", "faq_items[].source")


@each_profile
def test_every_request_member_is_as_documented(profile: Profile) -> None:
    schemas = _Schemas(profile)
    for path, fact in data("facts.json", profile).items():
        if "request" not in fact:
            with pytest.raises(KeyError):
                schemas.member("AssistantCreate", path)
            continue
        stated = schemas.member("AssistantCreate", path)
        assert stated.types() == {fact["type"]}, path
        assert stated.is_nullable() == ("nullable" in fact["request"]), path
        assert stated.required == fact["request"].startswith("required"), path
        assert stated.values() == set(fact.get("enum", ())), path
        assert stated.bounds() == {bound: fact[bound] for bound in BOUNDS if bound in fact}, path
        if "default" in fact and "." not in path:
            assert stated.schema.get("default") == fact["default"], path


@each_profile
def test_every_response_member_is_as_documented(profile: Profile) -> None:
    schemas = _Schemas(profile)
    for path, fact in data("facts.json", profile).items():
        stated = schemas.member("Assistant", path)
        assert stated.types() == {fact["type"]}, path
        assert stated.values() == set(fact.get("enum", ())), path
        if fact["response"].startswith("always"):
            assert stated.required, path
            assert stated.is_nullable() == ("nullable" in fact["response"]), path


@pytest.mark.parametrize("profile", ["seed", "current"])
@pytest.mark.parametrize("schema", ["AssistantCreate", "AssistantUpdate", "Assistant"])
def test_no_member_is_undocumented(profile: Profile, schema: str) -> None:
    facts = {
        path
        for path, fact in data("facts.json", profile).items()
        if schema == "Assistant" or "request" in fact
    }
    assert set(_Schemas(profile).paths(schema)) == facts


@pytest.mark.parametrize("profile", ["seed", "current"])
def test_update_requires_nothing_and_is_else_the_same_as_create(profile: Profile) -> None:
    schemas = openapi(profile)["components"]["schemas"]
    create = {**schemas["AssistantCreate"]}
    assert create.pop("required") == ["name", "prompt"]
    assert schemas["AssistantUpdate"] == create


@pytest.mark.parametrize("profile", ["seed", "current"])
def test_every_object_is_closed_but_a_campaign_and_a_call(profile: Profile) -> None:
    document = openapi(profile)
    open_objects = [s for s in _objects(document) if s.get("additionalProperties") is not False]
    call, campaign = (document["components"]["schemas"][name] for name in ("Call", "Campaign"))
    assert open_objects == [call["properties"]["assistant"], call, campaign]


class _Member:
    """One member of a schema, with references followed and null set apart."""

    def __init__(self, schema: dict[str, Any], required: bool) -> None:
        self.schema = schema
        self.required = required

    def types(self) -> set[str]:
        stated = self.schema.get("type", [])
        types = {stated} if isinstance(stated, str) else set(stated)
        if "oneOf" in self.schema:
            types.add("object")
        if self.schema.keys() & {"enum", "const"}:
            types.add("string")
        return types - {"null"}

    def is_nullable(self) -> bool:
        return "null" in self.schema.get("type", []) or None in self.schema.get("enum", [])

    def values(self) -> set[Any]:
        within = self.schema.get("items", self.schema)
        values = within.get("enum", [within["const"]] if "const" in within else [])
        return set(values) - {None}

    def bounds(self) -> dict[str, Any]:
        return {bound: self.schema[bound] for bound in BOUNDS if bound in self.schema}


class _Schemas:
    """The document's schemas, walked by the paths of the facts."""

    def __init__(self, profile: Profile) -> None:
        self._all = openapi(profile)["components"]["schemas"]

    def member(self, schema: str, path: str) -> _Member:
        """Return the member at ``a.b[].c`` or ``a<variant>.b``; KeyError when there is none."""
        at, required = self._all[schema], False
        for step in path.split("."):
            name, variant, many = re.fullmatch(r"(\w+)(?:<(.+)>)?(\[\])?", step).groups()  # type: ignore[union-attr]
            required = name in at.get("required", ())
            at = self._followed(at["properties"][name])
            if variant:
                at = next(
                    inner
                    for inner in map(self._followed, at["oneOf"])
                    if inner["properties"]["type"]["const"] == variant
                )
            if many:
                at = self._followed(at["items"])
        if "items" in at:
            at = {**at, "items": self._followed(at["items"])}
        return _Member(at, required)

    def paths(self, schema: str) -> list[str]:
        return self._paths(self._all[schema], "")

    def _paths(self, schema: dict[str, Any], prefix: str) -> list[str]:
        found = []
        for name, member in schema["properties"].items():
            found.append(f"{prefix}{name}")
            inner = self._followed(member)
            for variant in map(self._followed, inner.get("oneOf", [])):
                tag = variant["properties"]["type"]["const"]
                found += self._paths(variant, f"{prefix}{name}<{tag}>.")
            many = self._followed(inner.get("items", {}))
            if "properties" in inner:
                found += self._paths(inner, f"{prefix}{name}.")
            elif "properties" in many:
                found += self._paths(many, f"{prefix}{name}[].")
        return found

    def _followed(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "anyOf" in schema:
            [stated, null] = schema["anyOf"]
            assert null == {"type": "null"}
            return {**self._followed(stated), "type": ["object", "null"]}
        if "$ref" in schema:
            return {**self._followed(self._all[schema["$ref"].rsplit("/")[-1]]), **schema}
        return schema


def _objects(value: Any) -> list[dict[str, Any]]:
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [found for part in value.values() for found in _objects(part)]
        if isinstance(value.get("properties"), dict):
            inner.append(value)
    elif isinstance(value, list):
        inner = [found for part in value for found in _objects(part)]
    return inner
