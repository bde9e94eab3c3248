"""Which records of runs are evidence: those that this machine wrote.

A record says what this tool sent from this machine. What came with a checkout says nothing of the
kind, so what git tracks is not read, nor what a link leads to. A folder that was named on the
command line, such as a pipeline's artifact, is read as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from revox_sync.errors import SetupError, UsageError
from revox_sync.files.transaction import STATE

_LABEL = f"{STATE}/runs"

_RUN = re.compile(r"\d{6}-\d{8}T\d{6}Z")
#: The highest number that a run is given, and shares where it was given before.
_LAST = 999_998


@dataclass(frozen=True, slots=True)
class Records:
    """The runs recorded in ``folder``: their names, oldest first.

    ``label`` is the folder as messages name it; ``ignored`` says what is there and not read.
    """

    folder: Path
    label: str
    names: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def next_number(self) -> int:
        """The number of a run that follows these."""
        return min(_number(self.names[-1]) + 1, _LAST) if self.names else 1


def own_records(project: Path, environ: Mapping[str, str]) -> Records:
    """Return the runs of a project that this machine recorded; ``environ`` is git's environment.

    Where git cannot tell what it tracks, there are none.
    """
    folder = project / STATE / "runs"
    for place, label in ((folder.parent, STATE), (folder, _LABEL)):
        if place.is_symlink():
            return Records(folder, _LABEL, (), (f"{label} is a link, and is not followed",))
    names = _names(folder)
    if not names:
        return Records(folder, _LABEL)
    from revox_sync.files.git import tracked

    try:
        found = tracked(project, environ, STATE)
    except SetupError as error:
        why = f"{_LABEL} is not read, because git cannot tell whether it tracks it: {error}"
        return Records(folder, _LABEL, (), (why,))
    foreign = {path.casefold() for path in found}
    kept, ignored = [], []
    for name in names:
        if (folder / name).is_symlink():
            ignored.append(f"{_LABEL}/{name} is a link, and is not followed")
        elif any(_touch(f"{_LABEL}/{name}".casefold(), path) for path in foreign):
            ignored.append(f"{_LABEL}/{name}: git tracks it, so this machine did not record it")
        else:
            kept.append(name)
    return Records(folder, _LABEL, tuple(kept), tuple(ignored))


def records_in(folder: Path) -> Records:
    """Return the runs in a folder that was named. Raises UsageError where there are none."""
    names = [name for name in _names(folder) if not (folder / name).is_symlink()]
    if not names:
        raise UsageError(
            f"no run is recorded in {folder}",
            hint="name the folder that holds the folders of runs, such as 000001-20260131T120000Z",
        )
    return Records(folder, str(folder), tuple(names))


def _number(name: str) -> int:
    return int(name.partition("-")[0])


def _names(folder: Path) -> list[str]:
    try:
        names = [entry.name for entry in folder.iterdir() if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    # Their numbers order them, whatever the clock did.
    return sorted(name for name in names if _RUN.fullmatch(name) and _number(name) <= _LAST)


def _touch(run: str, path: str) -> bool:
    """Whether a tracked path is the run's folder, or lies in or around it."""
    return f"{path}/".startswith(f"{run}/") or f"{run}/".startswith(f"{path}/")


def entries(folder: Path) -> Iterator[Path]:
    """Yield the files of a run that are there."""
    yield from (path for path in (folder / "run.json", folder / "journal.jsonl") if path.exists())
    yield from (folder / "snapshots").glob("*.json")
