"""The floor: the fastest honest Python that does the same job as a plan.

libyaml loads every file, one GET reads the account, dicts are compared, differing fields are
printed. No validation, no positions, no texts compared by meaning, no colour.

    python benchmarks/floor.py FOLDER BASE_URL
"""

import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from ruamel.yaml.cyaml import CSafeLoader


def load(path: Path) -> dict:
    loader = CSafeLoader(path.read_text(encoding="utf-8"))
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def main() -> None:
    folder, base_url = Path(sys.argv[1]), urlsplit(sys.argv[2])
    wanted = [load(path) for path in sorted(folder.rglob("*.yaml"))]
    connection = http.client.HTTPConnection(base_url.hostname, base_url.port)
    connection.request("GET", f"{base_url.path}/assistants", headers={"authorization": "Bearer x"})
    held = {found["name"]: found for found in json.load(connection.getresponse())["assistants"]}
    for definition in wanted:
        remote = held.get(definition["name"])
        for field, value in definition.items():
            if remote is None or remote.get(field) != value:
                print(definition["name"], field, remote and remote.get(field), value)


main()
