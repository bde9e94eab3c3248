"""Files that users write for the sandbox: YAML or, where the name ends in ``.json``, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from revox_sync.sandbox.errors import SandboxError


def read_file(path: Path) -> Any:
    """Return what the file holds; raises SandboxError, with the file, when it cannot be read."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise SandboxError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SandboxError(f"{path}: is not UTF-8") from error
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text, object_pairs_hook=_once)
        return _yaml(text)
    except ValueError as error:
        raise SandboxError(f"{path}: cannot be read ({error})") from error
    except RecursionError:
        raise SandboxError(f"{path}: is nested too deeply") from None


def _yaml(text: str) -> Any:
    # Here, because no other part of the sandbox reads YAML.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"{where}{error.problem or error.context}") from error
    except YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{json.dumps(twice)} stands twice in one object")
    return members
