"""New definitions: which assistants of the account become one, and the files and names of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.authoring.emit import Include, document
from revox_sync.authoring.secrets import Secret, SecretNames, Spelling
from revox_sync.definitions.definition import Definition
from revox_sync.model.likeness import same_name
from revox_sync.plan.match import Matching, id_stated
from revox_sync.records import dataclass

#: The folder of prompts in files of their own, below that of their definition.
PROMPTS = "prompts"

_TWINS = "{file} may mean it or another assistant of its name; say which with sync.id"
_ALIKE = (
    "{file} may mean it under another name; bind that definition to it with `{bound}`, or remove "
    "the file"
)

_FEW_LINES = 5
#: Characters that a text file should not hold, or not begin with.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f]|^\ufeff")


@dataclass(frozen=True, slots=True)
class Sorted:
    """The chosen assistants by what becomes of them.

    ``new`` have no definition. ``defined`` have one, which is named by its file. ``contested`` may
    be what a definition means, and no one can say: with the reason, and how to go on.
    """

    new: tuple[Remote, ...]
    defined: tuple[tuple[Remote, str], ...]
    contested: tuple[tuple[Remote, str], ...]


def sort_out(
    definitions: Sequence[Definition],
    matching: Matching,
    chosen: Sequence[Remote],
    environment: str | None = None,
) -> Sorted:
    """Return what becomes of each chosen assistant; new ones by name, so that runs agree.

    ``environment`` is the project's that the account belongs to.
    """
    # If another definition were bound to one of these, the first would be created, as its twin.
    alike = {
        remote.id: _ALIKE.format(file=made.file, bound=id_stated(remote.id, environment))
        for made in definitions
        if (remote := matching.matches[made.key].alike) is not None
    }
    free = {remote.id for remote in matching.unmanaged} - alike.keys()
    files = {definition.key: definition.file for definition in definitions}
    owners: dict[str, str] = {}
    for key, found in matching.matches.items():
        for remote in (found.remote, *found.unretired, *found.superseded):
            if remote is not None:
                owners[remote.id] = files[key]
        if found.id is not None:
            owners[found.id] = files[key]
    wanted = {
        same_name(name): definition.file
        for definition in definitions
        for name in (definition.sync.renamed_from, definition.name)
        if name is not None
    }
    twins = {r.id: wanted[name] for r in chosen if (name := same_name(r.name)) in wanted}
    return Sorted(
        tuple(sorted((r for r in chosen if r.id in free), key=lambda r: (r.name, r.id))),
        tuple((r, owners[r.id]) for r in chosen if r.id in owners),
        tuple(
            (r, alike.get(r.id) or _TWINS.format(file=twins[r.id]))
            for r in chosen
            if r.id not in free and r.id not in owners
        ),
    )


@dataclass(frozen=True, slots=True)
class NewDefinition:
    """Texts by path relative to the definition's folder, and what stands in for credentials.

    Included files come before the definition, so that it never lacks one.
    """

    files: Mapping[str, str] = field(repr=False)
    secrets: tuple[Secret, ...] = ()

    @property
    def new_names(self) -> list[str]:
        """The names of secrets to which only these files refer."""
        return [secret.name for secret in self.secrets if not secret.reused]


def new_definition(
    key: str,
    identity: str,
    fields: Mapping[str, Any],
    ignore: Sequence[str],
    names: SecretNames,
    *,
    prompt_apart: bool,
    environment: str | None = None,
    limited: bool = False,
) -> NewDefinition:
    """Return the files of a definition that is bound to the assistant ``identity``.

    In a project with environments it is bound in one ``environment`` only, and with ``limited`` it
    is no definition of any other.
    ``fields`` holds values of the account, ``ignore`` what is left to the dashboard; ``key`` is one
    file name. With ``prompt_apart`` a prompt of more than a few lines lies in ``prompts/KEY.md``.
    """
    spell = Spelling(key, names)
    written: dict[str, Any] = {name: spell((name,), value) for name, value in fields.items()}
    files: dict[str, str] = {}
    prompt = written.get("prompt")
    if prompt_apart and isinstance(prompt, str) and _may_lie_apart(prompt):
        path = f"{PROMPTS}/{key}.md"
        files[path] = f"{prompt}\n"
        written["prompt"] = Include(path)
    sync: dict[str, Any] = {"id": identity if environment is None else {environment: identity}}
    if ignore:
        sync["ignore"] = list(ignore)
    if limited:
        sync["environments"] = [environment]
    written["sync"] = spell(("sync",), sync)
    return NewDefinition({**files, f"{key}.yaml": document(written)}, tuple(spell.secrets))


def _may_lie_apart(text: str) -> bool:
    return text.rstrip("\n").count("\n") >= _FEW_LINES and not _ODD.search(text)
