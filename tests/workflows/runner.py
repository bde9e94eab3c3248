"""A runner: carries out a job's steps one after the other, as GitHub's does, in a real bash.

Every line of shell is run as it stands. The actions of others are played (``actions.py``), and the
Python that setup-python provides is a stand-in that installs nothing (``stand_in.py``).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from actions import ACTIONS, ActionFailed, Artifacts
from expressions import Open, fill, holds
from origin import GIT
from ruamel.yaml import YAML

#: How a step's script is run: with ``shell: bash``, and where no shell is named (on Linux).
_SHELLS = {"bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"), None: ("bash", "-e")}
_STATUS = re.compile(r"\b(?:always|cancelled|failure|success)\(")
_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
_LIMIT_S = 60

#: Functions of expressions outside of steps.
FUNCTIONS = {"fromJSON": json.loads}
_RUN_ID, _SERVER = "7", "https://github.com"


@cache
def read_yaml(text: str) -> Any:
    """Return a YAML document, to be read only; ``on`` is a name, and duplicate keys are errors."""
    return YAML(typ="safe", pure=True).load(text)


@dataclass(frozen=True)
class Run:
    """What a run of a workflow is about, and what belongs to the machine that it runs on.

    ``actions`` says where other repositories lie from which actions are taken, by owner/name.
    """

    event_name: str
    event: Mapping[str, Any]
    ref: str
    sha: str
    origin: Path
    folder: Path
    env: Mapping[str, str]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    repository: str = ""
    actions: Mapping[str, Path] = field(default_factory=dict)
    attempt: int = 1
    matrix: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Done:
    """How a job went: the steps that ran and how each ended, everything said, what is kept."""

    ran: list[tuple[str, int]] = field(default_factory=list)
    said: str = ""
    summary: str = ""
    artifacts: Artifacts = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether a step failed."""
        return any(code for _, code in self.ran)


class Job:
    """One job on a fresh machine."""

    def __init__(self, run: Run, name: str) -> None:
        self.run = run
        self.folder = run.folder / name
        self.workspace = self.folder / "work"
        self.temp = self.folder / "temp"
        for folder in (self.workspace, self.temp):
            folder.mkdir(parents=True)
        self.done = Done()
        self.path: list[str] = []
        self.env: dict[str, str] = {}
        self.steps: dict[str, Any] = {}
        self._count = 0

    def perform(self, job: Mapping[str, Any]) -> Done:
        """Carry out the steps; a failed one is followed only by those that say so."""
        inputs = Open(self.run.inputs)
        env = self._filled(job.get("env", {}), self._contexts(inputs, {}))
        self._all(job["steps"], inputs, self.steps, env, None)
        return self.done

    def _all(
        self,
        steps: Sequence[Mapping[str, Any]],
        inputs: Mapping[str, Any],
        outputs: dict[str, Any],
        env: Mapping[str, str],
        action: Path | None,
    ) -> None:
        for step in steps:
            contexts = self._contexts(inputs, outputs)
            if self._is_due(str(step.get("if", "success()")), contexts):
                scope = {**env, **self._filled(step.get("env", {}), contexts)}
                self._one(step, contexts, outputs, scope, action)

    def _is_due(self, condition: str, contexts: Mapping[str, Any]) -> bool:
        met = holds(condition, contexts, self._functions)
        return met and (bool(_STATUS.search(condition)) or not self.done.failed)

    def _one(
        self,
        step: Mapping[str, Any],
        contexts: Mapping[str, Any],
        outputs: dict[str, Any],
        env: Mapping[str, str],
        action: Path | None,
    ) -> None:
        told: dict[str, str] = {}
        name = str(step.get("name") or step.get("uses") or step["run"])
        if "run" in step:
            assert "${{" not in step["run"], "values come by the environment"
            code, told = self._shell(step, env, action)
            self.done.ran.append((name, code))
        elif (found := self._composite(step["uses"])) is not None:
            self._nested(found, self._filled(step.get("with", {}), contexts), env)
        else:
            self.done.ran.append((name, self._played(step, contexts, told)))
        if "id" in step:
            outputs[step["id"]] = {"outputs": Open(told)}

    def _nested(self, folder: Path, given: Mapping[str, str], env: Mapping[str, str]) -> None:
        action = read_yaml((folder / "action.yml").read_text(encoding="utf-8"))
        unknown = given.keys() - action["inputs"].keys()
        assert not unknown, f"the action has no such input: {unknown}"
        defaults = {name: spec["default"] for name, spec in action["inputs"].items()}
        self._all(action["runs"]["steps"], {**defaults, **given}, {}, env, folder)

    def _composite(self, uses: str) -> Path | None:
        """Return the folder of an action that this repository or that of the tool holds."""
        if uses.startswith("./"):
            return self.workspace / uses
        if uses.startswith("$/"):
            return self._repository_at_sha() / uses[2:]
        owner, name, *path = uses.partition("@")[0].split("/")
        root = self.run.actions.get(f"{owner}/{name}")
        return None if root is None else root.joinpath(*path)

    def _repository_at_sha(self) -> Path:
        target = self.folder / "actions"
        if not target.exists():
            for arguments in (
                ("clone", "-q", "--no-checkout", str(self.run.origin), str(target)),
                ("-C", str(target), "fetch", "-q", "origin", self.run.sha),
                ("-C", str(target), "checkout", "-q", "--detach", self.run.sha),
            ):
                subprocess.run([GIT, *arguments], check=True, env=self._environment())
        return target

    def _played(
        self, step: Mapping[str, Any], contexts: Mapping[str, Any], told: dict[str, str]
    ) -> int:
        play = ACTIONS[step["uses"].partition("@")[0]]
        try:
            told.update(play(self, self._filled(step.get("with", {}), contexts)))
        except ActionFailed as failure:
            self.done.said += f"{failure}\n"
            return 1
        return 0

    def _shell(
        self, step: Mapping[str, Any], env: Mapping[str, str], action: Path | None
    ) -> tuple[int, dict[str, str]]:
        self._count += 1
        here = self.temp / f"step{self._count}"
        here.mkdir()
        files = {name: here / name for name in _FILES}
        for file in files.values():
            file.touch()
        script = here / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        named = {name: str(file) for name, file in files.items()}
        own = {"GITHUB_ACTION_PATH": str(action)} if action else {}
        done = subprocess.run(
            [*_SHELLS[step.get("shell")], str(script)],
            cwd=self.workspace,
            env={**self._environment(), **self.env, **own, **named, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=_LIMIT_S,
            check=False,
        )
        self.done.said += done.stdout
        self.done.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        self.path[:0] = reversed(files["GITHUB_PATH"].read_text(encoding="utf-8").split())
        self.env |= _assignments(files["GITHUB_ENV"])
        return done.returncode, _assignments(files["GITHUB_OUTPUT"])

    def _environment(self) -> dict[str, str]:
        """Return what every step has; nothing of the surroundings but the machine's PATH."""
        event = self.folder / "event.json"
        return {
            **self.run.env,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.run.event_name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REF": self.run.ref,
            "GITHUB_REPOSITORY": self.run.repository,
            "GITHUB_RUN_ID": _RUN_ID,
            "GITHUB_SERVER_URL": _SERVER,
            "GITHUB_SHA": self.run.sha,
            "GITHUB_WORKSPACE": str(self.workspace),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join((*self.path, os.environ["PATH"])),
            "RUNNER_TEMP": str(self.temp),
        }

    def _contexts(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
        return {**contexts(self.run), "inputs": inputs, "steps": outputs}

    def _filled(self, given: Mapping[str, Any], contexts: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: fill(_text(value), contexts, self._functions) for name, value in given.items()
        }

    @property
    def _functions(self) -> dict[str, Any]:
        return {
            "always": lambda: True,
            "cancelled": lambda: False,
            "success": lambda: not self.done.failed,
            "hashFiles": lambda name: "1f" if (self.workspace / name).is_file() else "",
        }


def contexts(run: Run) -> dict[str, Any]:
    """Return what expressions know everywhere."""
    github = {
        "event": {"before": None, **run.event},
        "event_name": run.event_name,
        "ref": run.ref,
        "repository": run.repository,
        "run_attempt": run.attempt,
        "run_id": _RUN_ID,
        "server_url": _SERVER,
        "sha": run.sha,
        "token": run.token,
    }
    return {
        "github": github,
        "inputs": Open(run.inputs),
        "matrix": Open(run.matrix),
        "secrets": Open(run.secrets),
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _assignments(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)
