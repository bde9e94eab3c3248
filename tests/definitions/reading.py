"""What tests of definitions share: a project folder loaded, and what rules say of it, in short."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from support.project import Project as Folder

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.loader import Loaded, load_definitions
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.project import Project, load_project

#: The least that a definition states.
LEAST = "name: Front desk\nprompt: Be kind.\n"
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


def read(
    folder: Folder, environ: Mapping[str, str] | None = None, paths: Sequence[Path] = ()
) -> tuple[Project, Loaded, tuple[Problem, ...]]:
    """Return the project, its definitions, and every problem of both."""
    project, problems = load_project(folder.root, environ or {})
    loaded = load_definitions(project, environ or {}, paths)
    return project, loaded, (*problems, *loaded.diagnostics)


def definition(folder: Folder, environ: Mapping[str, str] | None = None) -> Definition:
    """Return the only definition of a project without problems."""
    _, loaded, problems = read(folder, environ)
    assert short(problems) == []
    (only,) = loaded.definitions
    return only


def fields_of(folder: Folder, text: str | bytes, **environ: str) -> Mapping[str, Any]:
    """Return the fields of ``text`` as the only definition of the project."""
    folder.write("assistants/a.yaml", text)
    return definition(folder, environ).fields


def problems_of(folder: Folder, text: str | bytes, **environ: str) -> tuple[Problem, ...]:
    """Return the problems of ``text`` as ``assistants/a.yaml``."""
    folder.write("assistants/a.yaml", text)
    return read(folder, environ)[2]


def short(problems: Iterable[Problem]) -> list[str]:
    """Return each problem as ``line:column rule``, with its file if that is not a.yaml."""
    return [
        f"{str(problem.location).removeprefix('assistants/a.yaml:')} {problem.rule}"
        for problem in problems
    ]


def load_in(folder: Folder, environment: str | None = None) -> tuple[Loaded, tuple[Problem, ...]]:
    """Return the definitions in an environment of the project, and every problem."""
    found, problems = load_project(folder.root, {}, environment)
    definitions = load_definitions(found, {})
    return definitions, (*problems, *definitions.diagnostics)


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
