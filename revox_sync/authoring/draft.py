"""The files of one new definition: the definition itself, and its prompt where that lies apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from revox_sync.authoring.emit import Include, document
from revox_sync.authoring.names import SecretNames
from revox_sync.authoring.secrets import Secret, Spelling

#: Where prompts lie apart, below the folder of their definition.
PROMPTS = "prompts"

_FEW_LINES = 5
#: What a file of text should not hold, or not begin with.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f]|^\ufeff")


@dataclass(frozen=True, slots=True)
class NewDefinition:
    """Texts by path relative to the definition's folder, and what stands in for credentials.

    What the definition includes comes before it, so that no moment has a definition without.
    """

    files: Mapping[str, str] = field(repr=False)
    secrets: tuple[Secret, ...] = ()

    @property
    def new_names(self) -> list[str]:
        """The names of secrets that no file refers to but these."""
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
