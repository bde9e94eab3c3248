"""What ``pull`` says when it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from revox_sync.authoring.adopt import Sorted
from revox_sync.authoring.writer.secrets import Secret
from revox_sync.cli.pull_editing import Editing
from revox_sync.cli.pull_writing import Pulling, Written
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.model.path import path_text
from revox_sync.render.safe import escape, harmless

_INDEX = re.compile(r"\[\d+\]")
_SOME = 3
_MANY = 12


def report(
    pulling: Pulling, editing: Editing, found: Sorted, folder: str, *, named: bool, check: bool
) -> str:
    """Return what was written and what was not, what is to be set, and what was left out."""
    files = {w.key: f"{folder}/{w.key}.yaml" for w in pulling.written}
    lines = [f"{files[w.key]}: {w.remote.name} ({w.remote.id})" for w in pulling.written]
    lines += [
        f"{changed.file}: {_some(changed.paths, _MANY)}"
        + (f" ({', '.join(changed.parts)})" if changed.parts else "")
        for changed in editing.changed
    ]
    lines += [
        f"{found.file} is changed for {found.edited_for}, and with it {_some(found.users, _SOME)}"
        for found in editing.forced
    ]
    if named:
        lines += [f"{remote.name} is defined in {file}" for remote, file in found.defined]
    lines += [
        f"{remote.name} ({remote.id}) is left alone: {why}" for remote, why in found.contested
    ]
    lines += [
        f"{remote.name} ({remote.id}) is not written: {why}" for remote, why in pulling.failed
    ]
    lines += [
        f"{left.location}: {path_text(left.path)} is not written: {left.why}; {left.hint}"
        for left in editing.left
    ]
    lines += _to_set(
        [
            *((files[one.key], secret) for one in pulling.written for secret in one.secrets),
            *((one.file, secret) for one in editing.changed for secret in one.secrets),
        ]
    )
    lines += _left_out(pulling.written, files)
    count = len(pulling.written)
    verb = "would be written" if check else "written"
    lines.append(
        f"{count} definition{'s' * (count != 1)} {verb}, {len(found.defined)} defined already"
        + _changed(editing, check=check)
        + (f", {len(pulling.failed)} not written" if pulling.failed else "")
    )
    return harmless("".join(f"{escape(line)}\n" for line in lines))


def _changed(editing: Editing, *, check: bool) -> str:
    """Return how many of the defined ones were changed, and what was not written of them."""
    text = ""
    if editing.changed:
        text += f", {len(editing.changed)} of them {'would be changed' if check else 'changed'}"
    if editing.left:
        many = len(editing.left) != 1
        text += f", {len(editing.left)} value{'s' if many else ''} of theirs not written"
    return text


def _to_set(secrets: Sequence[tuple[str, Secret]]) -> Iterator[str]:
    """Yield what stands in the files for values that they do not hold."""
    if secrets:
        yield "to be set, because these values are not written down:"
    for file, secret in secrets:
        masked = ", which the account masks" if secret.masked else ""
        where = f"{path_text(secret.place)} in {file}"
        yield f"  {SECRET_PREFIX}{secret.name}: {where}{masked}"


def _left_out(written: Sequence[Written], files: Mapping[str, str]) -> Iterator[str]:
    """Yield what the account has and no file states, alike places of several files as one."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in written:
        for place, why in dict.fromkeys((_INDEX.sub("[]", p), why) for p, why in one.left_out):
            places.setdefault((place, why), []).append(files[one.key])
    if places:
        yield "left out:"
    for (place, why), found in places.items():
        yield f"  {place}: {why} ({_some(found, _SOME)})"


def _some(texts: Sequence[str], count: int) -> str:
    more = f" and {len(texts) - count} more" if len(texts) > count else ""
    return f"{', '.join(texts[:count])}{more}"
