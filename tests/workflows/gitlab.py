"""GitLab's pipelines as far as the .gitlab-ci.yml of ``init`` uses them, in a real bash.

``pip`` is a stand-in that installs nothing. Rules have the form ``$A == "text" && $B == $C``; any
other is an error.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from document import init
from origin import GIT
from runner import read_yaml
from support.cli import shell

_TERM = re.compile(r'\$(\w+) == (?:"([^"]*)"|\$(\w+))')
_OF_NO_JOB = ("default", "variables")


@dataclass
class Ended:
    """How a job ended: what it said, and the files that it keeps."""

    code: int
    said: str
    kept: dict[str, str] = field(default_factory=dict)


@cache
def written(*, sandbox: bool = False) -> str:
    """Return the .gitlab-ci.yml that ``init`` writes."""
    with TemporaryDirectory() as folder:
        init(Path(folder), "gitlab", sandbox=sandbox)
        return Path(folder, ".gitlab-ci.yml").read_text(encoding="utf-8")


def configuration() -> Any:
    """Return it as data."""
    return read_yaml(written())


def pipeline(
    origin: Path,
    folder: Path,
    commit: str,
    env: Mapping[str, str],
    secrets: Mapping[str, str],
    text: str | None = None,
) -> dict[str, Ended]:
    """Run every job that the variables in ``env`` call for, each in a clone of its own."""
    tree = read_yaml(text or written())
    ended: dict[str, Ended] = {}
    for name, job in tree.items():
        if name in _OF_NO_JOB or name.startswith(".") or not _is_due(job, env):
            continue
        if any(ended[needed].code for needed in job.get("needs", ())):
            continue
        here = folder / name
        lines = [*tree["default"]["before_script"], *job["script"]]
        ended[name] = _job(origin, here, commit, lines, {**env, **secrets})
        for path in job.get("artifacts", {}).get("paths", ()):
            kept = here / "work" / path
            files = [kept] if kept.is_file() else kept.rglob("*")
            ended[name].kept |= {file.name: file.read_text() for file in files if file.is_file()}
    return ended


def _is_due(job: Mapping[str, Any], env: Mapping[str, str]) -> bool:
    return any(_holds(rule["if"], env) for rule in job["rules"])


def _holds(rule: str, env: Mapping[str, str]) -> bool:
    terms = [_TERM.fullmatch(term) for term in rule.split(" && ")]
    assert all(terms), f"a rule of another form: {rule}"
    return all(
        env.get(term[1]) == (env.get(term[3]) if term[3] else term[2]) for term in terms if term
    )


def _job(
    origin: Path, folder: Path, commit: str, lines: list[str], env: Mapping[str, str]
) -> Ended:
    programs = folder / "bin"
    programs.mkdir(parents=True)
    fetched = "*github.com*|*/tmp/revox-sync*"  # there is no network
    own_git = f'case "$*" in {fetched}) echo "git $*" ;; *) exec {shlex.quote(GIT)} "$@" ;; esac'
    for name, does in (("pip", 'echo "pip $*"'), ("git", own_git), ("revox-sync", shell())):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    work = folder / "work"
    for arguments in (
        ("clone", "-q", "--no-checkout", str(origin), str(work)),
        ("-C", str(work), "fetch", "-q", "origin", commit),
        ("-C", str(work), "checkout", "-q", "--detach", commit),
    ):
        subprocess.run([GIT, *arguments], check=True)
    path = os.pathsep.join((str(programs), os.environ["PATH"]))
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=work,
        env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "CI": "true", **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout)
