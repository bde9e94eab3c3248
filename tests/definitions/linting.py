"""What tests of rules share: what rules say of a definition, in short."""

from __future__ import annotations

import json
from typing import Any

from reading import LEAST, problems_of, short
from support.project import Project

#: A custom tool that breaks no rule.
TOOL = {
    "name": "check_stock",
    "description": "Looks up what is in stock.",
    "method": "POST",
    "url": "https://shop.example/stock",
    "headers": [],
    "query_params": [],
    "body_template": '{"item": "{{item}}"}',
    "input_schema": [{"name": "item", "type": "string", "required": True}],
}


def found(project: Project, text: str, **environ: str) -> list[str]:
    """Return what is found in the least definition with ``text``, placed by line and column."""
    return [
        f"{problem.severity} {place}"
        for problem in problems_of(project, LEAST + text, **environ)
        for place in short([problem])
    ]


def said(project: Project, **fields: Any) -> list[str]:
    """Return what is found in the least definition with ``fields``, as ``severity rule``."""
    problems = problems_of(project, LEAST + written(fields))
    return [f"{problem.severity} {problem.rule}" for problem in problems]


def written(fields: dict[str, Any]) -> str:
    """Return fields as YAML, each on a line of its own, lines from 3 on."""
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in fields.items())


def tool(**members: Any) -> list[dict[str, Any]]:
    """Return the value of ``custom_tools``: one tool, with ``members`` in place of its own."""
    return [TOOL | members]
