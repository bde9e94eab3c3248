"""What ``pull`` says when it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from revox_sync.authoring.secrets import Secret
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.model.path import path_text
from revox_sync.operations.pull import Pulled, Written
from revox_sync.render.safe import escape, harmless

_INDEX = re.compile(r"\[\d+\]")
_SOME = 3
_MANY = 12


def render_pulled(pulled: Pulled) -> str:
    """Return what was written and what was not, what is to be set, and what was left out."""
    folder, found = pulled.folder, pulled.found
    files = {w.key: f"{folder}/{w.key}.yaml" for w in pulled.written}
    lines = [f"{files[w.key]}: {w.remote.name} ({w.remote.id})" for w in pulled.written]
    lines += [
        f"{changed.file}: {_some(changed.paths, _MANY)}"
        + (f" ({', '.join(changed.parts)})" if changed.parts else "")
        for changed in pulled.changed
    ]
    lines += [
        f"{part.file} is changed for {part.edited_for}, and with it {_some(part.users, _SOME)}"
        for part in pulled.forced
    ]
    if pulled.request.assistants:
        lines += [f"{remote.name} is defined in {file}" for remote, file in found.defined]
    lines += [
        f"{remote.name} ({remote.id}) is left alone: {why}" for remote, why in found.contested
    ]
    lines += [f"{remote.name} ({remote.id}) is not written: {why}" for remote, why in pulled.failed]
    lines += [
        f"{left.location}: {path_text(left.path)} is not written: {left.why}; {left.hint}"
        for left in pulled.left
    ]
    lines += _to_set(
        [
            *((files[one.key], secret) for one in pulled.written for secret in one.secrets),
            *((one.file, secret) for one in pulled.changed for secret in one.secrets),
        ]
    )
    lines += _left_out(pulled.written, files)
    count = len(pulled.written)
    verb = "would be written" if pulled.request.check else "written"
    lines.append(
        f"{count} definition{'s' * (count != 1)} {verb}, {len(found.defined)} defined already"
        + _changed(pulled)
        + (f", {len(pulled.failed)} not written" if pulled.failed else "")
    )
    return harmless("".join(f"{escape(line)}\n" for line in lines))


def _changed(pulled: Pulled) -> str:
    """Return how many of the defined ones were changed, and what was not written of them."""
    text = ""
    if pulled.changed:
        verb = "would be changed" if pulled.request.check else "changed"
        text += f", {len(pulled.changed)} of them {verb}"
    if pulled.left:
        many = len(pulled.left) != 1
        text += f", {len(pulled.left)} value{'s' if many else ''} of theirs not written"
    return text


def _to_set(secrets: Sequence[tuple[str, Secret]]) -> Iterator[str]:
    """Yield what stands in the files for values that they do not hold, each name once."""
    for known, title in (
        (False, "to be set, because these values are not written down:"),
        (True, "set already, so that their names were reused:"),
    ):
        places: dict[str, list[str]] = {}
        masked = {secret.name for _, secret in secrets if secret.masked}
        for file, secret in secrets:
            if secret.known == known:
                where = f"{path_text(secret.place)} in {file}"
                places.setdefault(secret.name, []).append(where)
        if places:
            yield title
        for name, found in places.items():
            why = ", which the account masks" if name in masked and not known else ""
            yield f"  {SECRET_PREFIX}{name}: {_some(list(dict.fromkeys(found)), _SOME)}{why}"


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
