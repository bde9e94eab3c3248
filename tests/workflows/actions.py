"""The actions of others that the workflows use, as far as they use them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from origin import GIT
from stand_in import python

if TYPE_CHECKING:
    from runner import Job

#: What is kept, by name and path.
Artifacts = dict[str, dict[str, bytes]]


#: git looks after each fetch whether a repository wants to be tidied up: a process of its own.
_QUIET = ("-c", "maintenance.auto=false")


class ActionFailed(Exception):
    """An action ended with an error."""


def checkout(job: Job, given: Mapping[str, str]) -> dict[str, str]:
    """Play actions/checkout: the commit of the run, or ``ref``, as deep as ``fetch-depth`` says."""
    _known(given, "ref", "path", "fetch-depth", "persist-credentials")
    target = (job.workspace / given.get("path", ".")).resolve()
    if target.is_dir():
        shutil.rmtree(target)
    target.mkdir()

    def git(*arguments: str) -> None:
        done = subprocess.run(
            [GIT, *_QUIET, "-C", str(target), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ActionFailed(done.stderr)

    depth = int(given.get("fetch-depth", "1"))
    commit = given.get("ref") or job.run.sha
    git("init", "-q")
    git("remote", "add", "origin", job.run.origin.as_uri())
    if depth:
        git("fetch", "-q", "--no-tags", f"--depth={depth}", "origin", commit)
    else:
        git("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*", commit)
    if not given.get("ref") and job.run.ref.startswith("refs/heads/"):
        git("checkout", "-q", "-B", job.run.ref.removeprefix("refs/heads/"), commit)
    else:
        git("checkout", "-q", "--detach", commit)
    return {}


def setup_python(job: Job, given: Mapping[str, str]) -> dict[str, str]:
    """Play actions/setup-python: a Python that is a stand-in."""
    _known(given, "python-version", "update-environment")
    return {"python-path": str(python(job.folder))}


def upload_artifact(job: Job, given: Mapping[str, str]) -> dict[str, str]:
    """Play actions/upload-artifact: a file or folder; without ``include-hidden-files`` not all."""
    _known(given, "name", "path", "retention-days", "include-hidden-files", "if-no-files-found")
    path = job.workspace / given["path"]
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    kept = {one.relative_to(job.workspace): one.read_bytes() for one in files}
    if given.get("include-hidden-files") != "true":
        kept = {name: content for name, content in kept.items() if not _is_hidden(name)}
    if not kept and given.get("if-no-files-found") != "ignore":
        raise ActionFailed(f"nothing to keep at {given['path']}")
    job.done.artifacts[given["name"]] = {name.as_posix(): body for name, body in kept.items()}
    return {}


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _known(given: Mapping[str, str], *names: str) -> None:
    unknown = given.keys() - set(names)
    if unknown:
        raise ActionFailed(f"these inputs are not played: {sorted(unknown)}")


ACTIONS: Mapping[str, Callable[[Job, Mapping[str, str]], dict[str, Any]]] = MappingProxyType(
    {
        "actions/checkout": checkout,
        "actions/setup-python": setup_python,
        "actions/upload-artifact": upload_artifact,
    }
)
