"""Try the sandbox with schemathesis at every bound that its contract document states.

    python scripts/try_sandbox.py

Serves each profile in turn and sends each operation bodies and parameters at every bound and
beyond it, then some random ones. Prints what schemathesis prints; fails when an answer breaks the
document.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import get_args

from revox_sync.sandbox.contract import Profile, openapi

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "sandbox"))

from running import KEY, own_process  # noqa: E402 - found by the line above


def main() -> None:
    """Exit with an error if one profile fails."""
    schemathesis = Path(sys.executable).with_name("schemathesis")
    options = ("--phases", "coverage,fuzzing", "--generation-deterministic", "--max-examples", "20")
    key = f"Authorization: Bearer {KEY}"
    for profile in get_args(Profile):
        with tempfile.TemporaryDirectory() as folder:
            document = Path(folder) / "openapi.json"
            document.write_text(json.dumps(openapi(profile)), encoding="utf-8")
            with own_process(Path(folder) / "sandbox.db", profile) as (_, url):
                command = [schemathesis, "run", document, "--url", url, "-H", key, *options]
                subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    main()
