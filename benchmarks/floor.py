"""The floor: the fastest honest Python that does the same job as a plan.

libyaml loads every file, includes and references are put in, one GET reads the account, dicts are
compared, differing fields are printed. No validation, no positions, no texts compared by meaning,
no colour, no place for a mistake.

    python benchmarks/floor.py FOLDER [BASE_URL]

Without BASE_URL it only loads: the half that ``validate`` is measured against.
"""

import http.client
import json
import os
import re
import sys
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from ruamel.yaml.cyaml import CSafeLoader

REFERENCE = re.compile(r"\$\{(var|secret)\.(\w+)\}")


def load(path: Path) -> object:
    loader = CSafeLoader(path.read_text(encoding="utf-8"))
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


@cache
def included(path: str) -> object:
    file = Path(path)
    return load(file) if file.suffix == ".yaml" else file.read_text(encoding="utf-8").rstrip("\n")


def resolved(value: object, folder: str, variables: dict) -> object:
    if isinstance(value, str):
        if "${" not in value:
            return value
        whole = REFERENCE.fullmatch(value)
        if whole and whole[1] == "var":
            return variables[whole[2]]

        def held(found: re.Match) -> str:
            if found[1] == "secret":
                return os.environ[f"REVOX_SECRET_{found[2]}"]
            return str(variables[found[2]])

        return REFERENCE.sub(held, value)
    if isinstance(value, dict):
        return {name: resolved(one, folder, variables) for name, one in value.items()}
    if isinstance(value, list):
        items = []
        for one in value:
            if isinstance(one, dict) and one.keys() == {"file"}:
                there = included(os.path.normpath(f"{folder}/{one['file']}"))
                items.extend(there if isinstance(there, list) else [there])
            else:
                items.append(resolved(one, folder, variables))
        return items
    return value


def main() -> None:
    root = Path(sys.argv[1])
    project = load(root / "revox-sync.yaml")
    wanted = []
    for path in sorted((root / "assistants").rglob("*.yaml")):
        if path.parent.name == "_shared":
            continue
        found = resolved(load(path), str(path.parent), project["vars"])
        if isinstance(found["prompt"], list):
            found["prompt"] = "\n\n".join(text.removesuffix("\n") for text in found["prompt"])
        wanted.append({**project["defaults"], **found})
    if len(sys.argv) < 3:
        return
    base_url = urlsplit(sys.argv[2])
    connection = http.client.HTTPConnection(base_url.hostname, base_url.port)
    connection.request("GET", f"{base_url.path}/assistants", headers={"authorization": "Bearer x"})
    held = {found["name"]: found for found in json.load(connection.getresponse())["assistants"]}
    for definition in wanted:
        remote = held.get(definition["name"])
        for field, value in definition.items():
            if remote is None or remote.get(field) != value:
                print(definition["name"], field, remote and remote.get(field), value)


main()
