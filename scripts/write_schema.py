"""Writes the JSON Schemas of a definition and of the project file, which editors read.

Fields, bounds and descriptions come from revox_sync/model/assistant.py: the docstring below a
member is its description. The tool's own keys stand here.

python scripts/write_schema.py
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from revox_sync.definitions.editor import FILES
from revox_sync.definitions.lint import ALL_RULES
from revox_sync.definitions.severity import ADJUSTABLE
from revox_sync.model import assistant
from revox_sync.model.fields import FIELDS
from revox_sync.model.limits import LIMITS
from revox_sync.model.shapes import NO_DEFAULT, Member, Object, Shape

PACKAGE = Path(__file__).parent.parent / "revox_sync"

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_REFERENCES = "use ${var.NAME} or ${secret.NAME}; write $${ for a literal ${"
_VARIABLES = "use ${var.NAME}; write $${ for a literal ${"


def _text_of(kinds: str) -> str:
    """Return the pattern of a text in which every ``${`` is a reference of these kinds."""
    return rf"^(?:\$\$\{{|(?!\$\{{(?!(?:{kinds})\.{_NAME}\}}))[\s\S])*$"


_VERSION = r"\s*(?:>=|<=|==|!=|>|<)\s*\d+(?:\.\d+){0,2}\s*"
_WORD = {"type": "string", "pattern": r"^(?![\s\S]*\$\{)[\s\S]*\S[\s\S]*$"}
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}
_TEXT_FILE = {"$ref": "#/$defs/textFile"}
_DEFS: dict[str, Any] = {
    "text": {
        "anyOf": [
            {
                "type": "string",
                "pattern": _text_of("var|secret"),
                "patternErrorMessage": f"there is no such reference: {_REFERENCES}",
            },
            {"$ref": "#/$defs/textFile"},
        ]
    },
    "textFile": {
        "description": "A text in a file of its own: {file: prompts/front-desk.md}.",
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "description": "Relative to this file, or with a leading / to the project.",
                "type": "string",
                "pattern": r"^(?![\s\S]*\$\{)(?![\s\S]*\.ya?ml$)[\s\S]+$",
                "patternErrorMessage": "a text comes from a file such as prompts/front-desk.md",
            }
        },
        "additionalProperties": False,
    },
    "listFile": {
        "description": "The items of a list in a file of its own: {file: _shared/faq.yaml}.",
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "description": "Relative to this file, or with a leading / to the project.",
                "type": "string",
                "pattern": r"^(?![\s\S]*\$\{)[\s\S]+\.ya?ml$",
                "patternErrorMessage": "a list comes from a file that ends in .yaml",
            }
        },
        "additionalProperties": False,
    },
    "variable": {
        "description": "A variable of revox-sync.yaml: ${var.NAME}, without quotes.",
        "type": "string",
        "pattern": rf"^\$\{{var\.{_NAME}\}}$",
    },
    "reference": {
        "description": "A text with ${var.NAME} or ${secret.NAME}.",
        "type": "string",
        "pattern": rf"^(?=[\s\S]*\$\{{(?:var|secret)\.){_text_of('var|secret')[1:]}",
    },
    "plainText": {
        "type": "string",
        "pattern": _text_of("var"),
        "patternErrorMessage": f"no secret can stand here, and no other reference: {_VARIABLES}",
    },
}


def files() -> dict[Path, str]:
    """Return the text of each schema by its path."""
    made = {"definition": definition(), "project": project()}
    return {
        PACKAGE / "definitions" / FILES[name]: json.dumps(schema, indent=1, ensure_ascii=False)
        + "\n"
        for name, schema in made.items()
    }


def definition() -> dict[str, Any]:
    """Return the schema of a definition."""
    fields = _fields()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "revox-sync definition",
        "description": "One assistant. A field that is left out is not managed.",
        "type": "object",
        "required": ["name"],  # the prompt may come from the project's defaults
        "properties": {**fields, "sync": _sync()},
        "additionalProperties": False,
        "$defs": _DEFS,
    }


def project() -> dict[str, Any]:
    """Return the schema of revox-sync.yaml."""
    fields = {name: value for name, value in _fields().items() if name != "name"}
    limits = {
        "description": "How much one run may change.",
        "type": "object",
        "properties": {
            name: {
                "description": "A count such as 20, or a share such as 50%.",
                "anyOf": [
                    {"type": "integer", "minimum": 0},
                    {"type": "string", "pattern": r"^(?:\d{1,2}|0\d\d|100) ?%$"},
                ],
            }
            for name in LIMITS
        },
        "additionalProperties": False,
    }
    variables = {
        "description": "What ${var.NAME} stands for.",
        "type": "object",
        "patternProperties": {
            f"^{_NAME}$": {
                "anyOf": [_said("A text.", **_settled()), {"type": ["number", "boolean"]}]
            }
        },
        "additionalProperties": False,
    }
    rules = {
        "description": "How severe the findings of rules are: of all, or of a key or a glob.",
        "type": "object",
        "properties": {
            rule.id: {"description": _first_words(rule.documentation), "$ref": "#/$defs/severity"}
            for rule in ALL_RULES
            if rule.id in ADJUSTABLE
        },
        "additionalProperties": {
            "description": "For the definitions of a key, or of a glob such as hotel/*.",
            "type": "object",
            "propertyNames": {"enum": [*ADJUSTABLE]},
            "additionalProperties": {"$ref": "#/$defs/severity"},
        },
    }
    organization = _said("The only organization whose keys may be used.", **_WORD)
    replace = "How assistants are replaced: in-place keeps the id, recreate makes a new one."
    environment = {
        "description": "One account.",
        "type": ["object", "null"],
        "properties": {
            "api_key_env": {
                "description": "The environment variable that holds its key.",
                "type": "string",
                "pattern": "^REVOX_API_KEY[A-Z0-9_]*$",
                "default": "REVOX_API_KEY",
            },
            "organization_id": organization,
            "vars": variables,
            "limits": limits,
        },
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "revox-sync project file",
        "description": "What holds for all definitions of a project.",
        "type": "object",
        "properties": {
            "assistants": _said(
                "The folder of the definitions.",
                type="string",
                pattern=r"^(?!\.?/*$)(?!/)(?!\.\.(?:/|$))(?![\s\S]*\$\{)[^\\]+$",
                default="assistants",
            ),
            "defaults": {
                "description": "Fields of definitions that do not state them. Whole values.",
                "type": "object",
                "properties": fields,
                "additionalProperties": False,
            },
            "absent": _one_of(
                "What becomes of fields that a definition leaves out: report shows what the "
                "account has, keep says nothing, reset puts it back.",
                *("report", "keep", "reset"),
            ),
            "prune": _said(
                "Delete the assistants whose definition git no longer has.",
                type="boolean",
                default=False,
            ),
            "replace": _one_of(replace, "in-place", "recreate"),
            "retire": {**_one_of("What becomes of a recreated assistant.", "delete", "keep")},
            "profile": _one_of("The account's generation of the API.", "auto", "seed", "current"),
            "ignore": _field_names("Fields that are left to the dashboard.", named=False),
            "manage": _field_names("The only fields that definitions manage.", named=True),
            "limits": limits,
            "rules": rules,
            "vars": variables,
            "environments": {
                "description": "Accounts by name; --env chooses one.",
                "type": "object",
                "minProperties": 1,
                "patternProperties": {"^[A-Za-z0-9][A-Za-z0-9._-]*$": environment},
                "additionalProperties": False,
            },
            "organization_id": organization,
            "require": _said(
                "The versions of revox-sync that may read this project, such as >=0.3.",
                type="string",
                pattern=f"^{_VERSION}(?:,{_VERSION})*$",
            ),
        },
        "additionalProperties": False,
        "$defs": {**_DEFS, "severity": {"enum": ["error", "warning", "off"]}},
    }


def _settled() -> dict[str, Any]:
    """Return a text of the project file, which takes no references."""
    return {"type": "string", "pattern": r"^(?:\$\$\{|(?!\$\{)[\s\S])*$"}


def _sync() -> dict[str, Any]:
    bound = {"type": "string", "pattern": r"^(?:[A-Za-z0-9_][A-Za-z0-9._:@~-]*|.*\$\{var\..*)$"}
    return {
        "description": "The tool's own keys; nothing of it is sent.",
        "type": "object",
        "properties": {
            "id": {
                "description": "The assistant's id, or one for each environment.",
                "anyOf": [bound, {"type": "object", "additionalProperties": bound}],
            },
            "renamed_from": _said(
                "The name under which the account still has it.",
                type="string",
                pattern=r"\S",
            ),
            "replace": _one_of(
                "in-place keeps the id, recreate makes a new assistant.", "in-place", "recreate"
            ),
            "ignore": _field_names("Fields that are left to the dashboard.", named=False),
            "manage": _field_names("The only fields that this definition manages.", named=True),
            "environments": {
                "description": "The environments that have this assistant.",
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "pattern": r"\S"},
            },
            "extra": {
                "description": "Fields that this version does not know, sent as they are.",
                "type": "object",
                "patternProperties": {f"^{_NAME}$": True},
                "propertyNames": {"not": {"enum": [*FIELDS]}},
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }


def _first_words(documentation: str) -> str:
    """Return the first paragraph of a rule's documentation, in one line."""
    return " ".join(inspect.cleandoc(documentation).partition("\n\n")[0].split())


def _said(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, **schema}


def _one_of(description: str, *words: str) -> dict[str, Any]:
    return {"description": description, "enum": list(words)}


def _field_names(description: str, *, named: bool) -> dict[str, Any]:
    known = [name for name in FIELDS if named or name != "name"]
    least = {"minItems": 1} if named else {}
    return {"description": description, "type": "array", **least, "items": {"enum": known}}


def _fields() -> dict[str, Any]:
    core = assistant.Assistant.__pydantic_core_schema__
    named: dict[str, Any] = {}
    if core["type"] == "definitions":
        named = {found["ref"]: found for found in core["definitions"]}
        core = core["schema"]
    made = _members(core, FIELDS, named)["properties"]
    made["name"]["anyOf"][0] = {"$ref": "#/$defs/plainText"}
    made["name"]["anyOf"] += [_TEXT_FILE]
    joined = {"anyOf": [{"$ref": "#/$defs/textFile"}, *_DEFS["text"]["anyOf"][:1]]}
    parts = _said("Joined by a blank line.", type="array", minItems=1, items=joined)
    made["prompt"]["anyOf"] = [{"$ref": "#/$defs/text"}, parts]
    return made


def _members(model: Any, facts: Mapping[str, Member], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a model's objects; ``facts`` are those of its members."""
    made, required = {}, []
    words = descriptions()[model["cls"].__name__]
    for name, field in model["schema"]["fields"].items():
        value = field["schema"]
        if value["type"] == "default":
            value = value["schema"]
        else:
            required.append(name)
        fact = facts.get(name)
        shape = fact.shape if fact else None
        told = [words[name], *(_life(fact) if fact else ())]
        made[name] = {"description": " ".join(told), **_value(value, shape, named)}
        if fact and fact.default is not NO_DEFAULT:
            made[name]["default"] = fact.default
    return {
        "type": "object",
        **({"required": required} if required else {}),
        "properties": made,
        "additionalProperties": False,
    }


def _life(fact: Member) -> list[str]:
    if fact.until:
        then = f"; then {fact.successor}" if getattr(fact, "successor", None) else ""
        return [f"Up to release {fact.until} of the API{then}."]
    return [] if fact.since == "seed" else [f"Since release {fact.since} of the API."]


def _value(core: Any, shape: Shape | None, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a value as it may be written."""
    if core["type"] == "definition-ref":
        return _value(named[core["schema_ref"]], shape, named)
    return {"anyOf": _ways(core, shape, named)}


def _ways(core: Any, shape: Shape | None, named: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the ways to write a value."""
    kind, ways = core["type"], []
    if kind == "nullable":
        ways = [*_value(core["schema"], shape, named)["anyOf"], {"type": "null"}]
    elif kind == "model":
        ways = [_members(core, shape.members if isinstance(shape, Object) else {}, named)]
    elif kind == "tagged-union":
        ways = [
            way for one in core["choices"].values() for way in _value(one, shape, named)["anyOf"]
        ]
    elif kind == "list":
        item = _value(core["items_schema"], getattr(shape, "item", None), named)["anyOf"]
        spliced = {"$ref": "#/$defs/listFile"}
        ways = [{"type": "array", "items": {"anyOf": [*item, spliced]}}, spliced]
    elif kind == "literal":
        ways = [{"enum": list(core["expected"])}, {"$ref": "#/$defs/reference"}, _TEXT_FILE]
    elif kind == "str" and "min_length" in core:
        ways = [{**_DEFS["text"]["anyOf"][0], "minLength": core["min_length"]}, _TEXT_FILE]
    elif kind == "str":
        ways = [{"$ref": "#/$defs/text"}]
    else:
        held = {told: _number(core[name]) for name, told in _BOUNDS.items() if name in core}
        ways = [{"type": _TYPES[kind], **held}, {"$ref": "#/$defs/variable"}]
    return ways


def _number(bound: float) -> float:
    """Return a bound as the model states it: earlier versions of pydantic tell 1 as 1.0."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


def descriptions() -> dict[str, dict[str, str]]:
    """Return what stands below each member of each model, by class and member."""
    tree = ast.parse(Path(assistant.__file__).read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef):
            for at, after in pairwise(owner.body):
                is_member = isinstance(at, ast.AnnAssign) and isinstance(at.target, ast.Name)
                if is_member and isinstance(after, ast.Expr):
                    words = " ".join(ast.literal_eval(after.value).split())
                    found.setdefault(owner.name, {})[at.target.id] = words
    return found


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8", newline="\n")
