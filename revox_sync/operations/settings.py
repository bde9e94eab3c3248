"""What every verb is given: settings as plain data, and a reporter."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from revox_sync.errors import UsageError
from revox_sync.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from revox_sync.definitions.problem import Problem
    from revox_sync.definitions.references import Secrets

#: How many seconds the reads of a service may lag behind its writes, unless somebody says else.
SETTLE_S = 10.0
DEFAULT_BASE_URL = "https://www.getrevox.com/api"


def _here() -> Path:
    """Return the current folder."""
    from pathlib import Path  # help and completion do without: it takes as long as their words

    return Path()


@dataclass(frozen=True, slots=True)
class Settings:
    """Which project, which account, and how to reach it.

    ``environ`` holds the keys and the secrets, ``timeout`` is in seconds for one request.
    ``secret_source`` comes before the secrets of ``environ``.
    ``trust_list`` takes the account's lists for whole, even where they say that they go on.
    """

    environ: Mapping[str, str]
    project: Path = field(default_factory=_here)
    env: str | None = None
    sandbox: bool = False
    base_url: str | None = None
    profile: Literal["auto", "seed", "current"] | None = None
    parallelism: int = 4
    timeout: float = 30.0
    trust_list: bool = False
    secret_source: Secrets | None = None

    @property
    def environment(self) -> str | None:
        """The environment that ``env`` names, or REVOX_SYNC_ENV."""
        return self.env or self.environ.get("REVOX_SYNC_ENV") or None

    @property
    def secrets(self) -> Secrets:
        """What ``${secret.NAME}`` in definitions stands for."""
        from revox_sync.definitions.references import Secrets

        return self.secret_source or Secrets(self.environ)

    def again(self, command: str, environment: str | None) -> str:
        """Return the command line that runs another command on the same project and account."""
        import shlex

        found = self.project in (_here(), nearest_project())
        options = [] if found else ["--project", str(self.project)]
        options += ["--sandbox"] if self.sandbox else []
        options += [] if self.base_url is None else ["--base-url", self.base_url]
        options += [] if environment is None else ["--env", environment]
        return shlex.join(["revox-sync", command, *options])


def path_in_repository(project: Path) -> str:
    """Return a project's path in its repository; empty at the top, and without a repository."""
    from revox_sync.files.tree import Disk

    return Disk(project).prefix.rstrip("/")


def nearest_project() -> Path:
    """Return the nearest folder, from the current one upward, that holds a project.

    That is one with a project file, or with definitions in ``assistants/``. The search ends at the
    top of the repository; without a repository, or a project in it, it is the current folder.
    UsageError where that is gone.
    """
    try:
        here = _here().absolute()
    except FileNotFoundError:
        raise UsageError("the current folder is gone", hint="change to another one") from None
    above = [here, *here.parents]
    top = next((n for n, folder in enumerate(above) if (folder / ".git").exists()), 0)
    for steps, folder in enumerate(above[: top + 1]):
        if (folder / "revox-sync.yaml").exists() or _has_definitions(folder / "assistants"):
            return _here().joinpath(*[".."] * steps)
    return _here()


def _has_definitions(folder: Path) -> bool:
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name[0] not in "_."]
        if any(name[0] not in "_." and name.lower().endswith((".yaml", ".yml")) for name in files):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Approval:
    """What the user says about writing.

    ``auto_approve`` needs no person to agree. ``settle`` is how many seconds reads may
    lag behind writes; ``lock_timeout`` how many to wait for another run.
    """

    auto_approve: bool = False
    fail_fast: bool = False
    drop_open_questions: bool = False
    over_limit: tuple[str, ...] = ()
    settle: float = SETTLE_S
    lock_timeout: float = 0.0


class Reporter:
    """Is told a verb's progress; this one shows nothing.

    Texts are plain data: a reporter that shows them escapes them.
    """

    __slots__ = ()

    def step(self, text: str) -> None:
        """Show what is under way now, in place of the step before; an empty text ends it."""

    def remark(self, text: str) -> None:
        """Tell the user something that is no part of the result."""

    def diagnostics(self, found: Sequence[Problem]) -> None:
        """Show warnings about definitions."""
