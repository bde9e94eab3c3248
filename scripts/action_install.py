"""Prints how the GitHub action installs this project, so that the gate runs what the action runs.

python scripts/action_install.py
"""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

ACTION = Path(__file__).parent.parent / ".github/actions/revox-sync/action.yml"


def install() -> str:
    """Return the shell script of the step "Install"."""
    steps = YAML(typ="safe").load(ACTION)["runs"]["steps"]
    return next(str(step["run"]) for step in steps if step.get("name") == "Install")


if __name__ == "__main__":
    print(install(), end="")
