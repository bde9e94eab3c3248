"""The lock that the GitHub action installs from: whole, hashed, and free of addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = ROOT / ".github/actions/revox-sync/requirements.txt"


def _entries() -> dict[str, str]:
    """Return each entry of the lock, by the name of its package."""
    text = re.sub(r"^#.*\n", "", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = text.replace("\\\n", " ").splitlines()
    return {canonicalize_name(re.split("[=; ]", entry)[0]): entry for entry in entries}


def _required() -> list[Requirement]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    sandbox = told["project"]["optional-dependencies"]["sandbox"]
    texts = [*told["project"]["dependencies"], *sandbox, *told["build-system"]["requires"]]
    return [Requirement(text) for text in texts]


def test_every_requirement_is_in_the_lock_in_a_version_that_is_allowed() -> None:
    entries = _entries()
    for required in _required():
        entry = entries[canonicalize_name(required.name)]
        version = re.match(r"[^=]+==(\S+)", entry)
        assert version is not None, entry
        assert required.specifier.contains(version[1]), f"run scripts/write_lock.py: {entry[:60]}"


def test_every_package_of_the_lock_has_one_version_and_hashes_and_no_address() -> None:
    for entry in _entries().values():
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; .+?)?( +--hash=sha256:[0-9a-f]{64})+", entry), (
            entry
        )
        assert "://" not in entry
