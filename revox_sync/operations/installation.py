"""How this copy of the program was installed, and how to install it again."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from revox_sync import __version__
from revox_sync.errors import RevoxSyncError, UsageError
from revox_sync.files.git import Repository, uncommitted
from revox_sync.records import dataclass
from revox_sync.secrecy.urls import mask_url

_NAME = "revox-sync"
_PACKAGE = "revox_sync"
#: What of the package differs from its commit when somebody edits it.
_SUFFIXES = (".py", ".json", ".yml")
_AT_COMMIT = re.compile(r"git\+(https://[^/]+/.+)@([\w./-]+)")


@dataclass(frozen=True, slots=True)
class Package:
    """Where to install from: a git ``repository`` at a ``commit``, or any other ``requirement``."""

    requirement: str
    repository: str | None = None
    commit: str | None = None

    @property
    def github(self) -> str | None:
        """The repository as GitHub names it, None if it is not there."""
        found = urlsplit(self.repository or "")
        return (
            found.path.strip("/").removesuffix(".git") if found.hostname == "github.com" else None
        )


def source_of(requirement: str) -> Package:
    """Return what a requirement such as ``git+https://github.com/o/r@COMMIT`` names.

    Raises UsageError where nobody can install that, and where it holds a credential: whatever names
    the requirement is committed.
    """
    address = requirement.partition(" @ ")[2] or requirement
    if not requirement.strip() or not requirement.isprintable() or _has_login(address) is None:
        raise UsageError(
            "--from names nothing that can be installed",
            hint="write git+https://github.com/OWNER/revox-sync@COMMIT, for example",
        )
    if _has_login(address):
        raise UsageError(
            "--from holds a credential, and pipelines are committed",
            hint="leave it out; the pipeline can give git a credential of its own",
        )
    # pip takes what follows #egg= for the name, which is known.
    found = _AT_COMMIT.fullmatch(address.partition("#egg=")[0])
    if found:
        return Package(requirement, *found.groups())
    return Package(requirement)


def source(environ: Mapping[str, str]) -> Package | None:
    """Return where others can install this very version from; None if nobody knows.

    A copy from a package index names its version. A clone names its commit and where it came
    from, if that is a repository on the web and the commit holds what is installed.
    """
    told = _direct_url()
    if told is None:
        return None
    if not told:
        return Package(f"{_NAME}[sandbox]=={__version__}")
    if "vcs_info" in told:
        if _has_login(told["url"]):  # pip leaves it out
            return None
        commit = told["vcs_info"]["commit_id"]
        return source_of(f"{_NAME}[sandbox] @ git+{told['url']}@{commit}")
    clone = _folder(told)
    return None if clone is None else _pushed(clone, environ)


def _pushed(clone: Path, environ: Mapping[str, str]) -> Package | None:
    """Return the commit of a clone and the repository on the web that it came from, if it has."""
    git = Repository(clone, environ)
    package = [file for file in (clone / _PACKAGE).rglob("*") if file.suffix in _SUFFIXES]
    try:
        origin = git("remote", "get-url", "origin").decode().strip()
        commit = git.commit("HEAD")
        changed = uncommitted(clone, environ, package)
    except RevoxSyncError:
        return None
    if origin.startswith("git@github.com:"):
        origin = "https://github.com/" + origin.removeprefix("git@github.com:")
    if changed or not origin.startswith("https://") or _has_login(origin) is not False:
        return None
    return source_of(f"{_NAME}[sandbox] @ git+{origin}@{commit}")


def install_command() -> str:
    """Return the command that installs this copy again, with what the sandbox needs."""
    told = _direct_url()
    what = f"{_NAME}[sandbox]=={__version__}"
    if told is None:
        what = f"{Path(__file__).parents[2]}[sandbox]"
    elif "vcs_info" in told:
        what = f"{_NAME}[sandbox] @ git+{mask_url(told['url'])}@{told['vcs_info']['commit_id']}"
    elif told:
        what = f"{_folder(told) or mask_url(told['url'])}[sandbox]"
    places = Path(sys.prefix).parts
    if "pipx" in places:
        return f"pipx install --force {shlex.quote(what)}"
    if "uv" in places and "tools" in places:
        return f"uv tool install --force {shlex.quote(what)}"
    return f"{shlex.quote(sys.executable)} -m pip install {shlex.quote(what)}"


def _has_login(address: str) -> bool | None:
    """Whether an address on the web holds user information or a query; None for one that is none.

    A user alone, as in ``ssh://git@host``, is no credential elsewhere.
    """
    try:
        found = urlsplit(address)
    except ValueError:
        return None
    on_web = found.scheme.endswith(("http", "https"))
    return on_web and (found.username is not None or bool(found.query))


def _direct_url() -> dict[str, Any] | None:
    """Return where pip took this copy from, empty for an index; None if it was not installed."""
    try:
        text = distribution(_NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return dict(json.loads(text)) if text else {}


def _folder(told: dict[str, Any]) -> Path | None:
    url = urlsplit(str(told.get("url", "")))
    return Path(unquote(url.path)) if url.scheme == "file" and "dir_info" in told else None
