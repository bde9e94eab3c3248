"""``revox-sync pull``."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.errors import DefinitionError, SetupError, StatusError, UsageError

if TYPE_CHECKING:
    from revox_sync.api.client import Client
    from revox_sync.cli.definitions import Sources
    from revox_sync.cli.streams import Streams
    from revox_sync.definitions.project import Project
    from revox_sync.definitions.writer.secrets import AsFarAsSet, Secret
    from revox_sync.definitions.writer.staging import Staging
    from revox_sync.plan.adopt import Sorted
    from revox_sync.plan.compare import Rules
    from revox_sync.plan.remote import Remote

_NO_SUCH_ID = (400, 404, 422)
_ATTEMPTS = 3
_SOME = 3
_SUFFIX = re.compile(r"\.(?:ya?ml|md)$", re.IGNORECASE)


@click.command("pull")
@click.argument("assistants", nargs=-1, metavar="[NAME-OR-ID]...")
@click.option("--prompts", is_flag=True, help="Long prompts go to prompts/KEY.md.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if something would be written.")
@global_options
def command(settings: Settings, assistants: tuple[str, ...], prompts: bool, check: bool) -> int:
    """Write assistants of the account into new definition files, bound to their ids.

    Without a name or an id, every assistant that no definition describes.
    """
    from revox_sync.cli.account import run_async
    from revox_sync.definitions.writer.secrets import AsFarAsSet

    streams = settings.streams()
    environ = AsFarAsSet(settings.environ)
    sources = _sources(settings, streams, environ)
    found, rules = run_async(_read(settings, streams, sources, assistants))
    with _staging(sources.project, check=check) as staging:
        pulling = _Pulling(sources, rules, environ, staging, prompts)
        for count, remote in enumerate(found.new, 1):
            streams.step(f"writing {count} of {len(found.new)}")
            pulling.add(remote)
        streams.step("")
        if not check:
            staging.place([written.key for written in pulling.written])
    streams.result(_report(pulling, found, sources.project, named=bool(assistants), check=check))
    if pulling.failed:
        return ExitCode.PARTIAL if pulling.written and not check else ExitCode.REFUSED
    return ExitCode.CHANGES if check and pulling.written else ExitCode.DONE


def _sources(settings: Settings, streams: Streams, environ: AsFarAsSet) -> Sources:
    """Return what the project states; it may have no definitions yet, and secrets may be unset.

    Raises DefinitionError when anything is wrong in the files that are there.
    """
    from revox_sync.cli.definitions import Sources, read_project
    from revox_sync.definitions.loader import load
    from revox_sync.render.diagnostics import render_text

    project, problems = read_project(replace(settings, environ=environ))
    loaded = load(project, environ)
    begun = os.path.lexists(project.root / project.assistants)
    expected = {"no-definitions"} if begun else {"no-definitions", "missing-folder"}
    diagnostics = tuple(
        found for found in (*problems, *loaded.diagnostics) if found.rule not in expected
    )
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        raise DefinitionError(diagnostics)
    if diagnostics:
        streams.remark(render_text(diagnostics))
    return Sources(project, loaded.definitions, diagnostics)


async def _read(
    settings: Settings, streams: Streams, sources: Sources, wanted: Sequence[str]
) -> tuple[Sorted, Rules]:
    """Read the account: one list, and by id what the list does not hold."""
    from revox_sync.cli.account import check_organization, open_account
    from revox_sync.cli.choosing import recreating_of
    from revox_sync.plan.adopt import sort_out
    from revox_sync.plan.compare import Rules
    from revox_sync.plan.match import match
    from revox_sync.plan.model import Choices
    from revox_sync.plan.planner import recognise_profile
    from revox_sync.plan.remote import Remote

    project = sources.project
    if settings.sandbox:
        streams.remark("sandbox: the embedded local API; nothing leaves this machine\n")
    async with open_account(settings, project, sources.definitions) as client:
        await check_organization(client, settings, project)
        streams.step("reading the account")
        listed = [Remote(data) for data in await client.list_assistants()]
        chosen = await _chosen(client, listed, wanted) if wanted else listed
        remotes = list({remote.id: remote for remote in (*listed, *chosen)}.values())
        matching = match(
            sources.definitions,
            remotes,
            keep_superseded=project.retire == "keep",
            unfinished=recreating_of(settings, sources, Choices(), strict=False).unfinished,
        )
        found = sort_out(sources.definitions, matching, chosen)
        found = replace(found, new=await _with_faqs(client, streams, found.new))
        streams.step("")
    profile = recognise_profile(remotes) if project.profile == "auto" else project.profile
    members = frozenset().union(*(remote.data.keys() for remote in remotes))
    return found, Rules(profile, project.absent, members=members, note_unmanaged=False)


async def _chosen(client: Client, listed: Sequence[Remote], wanted: Sequence[str]) -> list[Remote]:
    """Return the assistants of these ids or names, one that the list hides by its id only.

    Raises UsageError for what names none.
    """
    from revox_sync.plan.remote import Remote

    chosen: dict[str, Remote] = {}
    for name in wanted:
        found = [remote for remote in listed if remote.id == name]
        found = found or [remote for remote in listed if remote.name == name]
        if not found:
            try:
                answer = await client.get_assistant(name) if name.strip(". ") else None
            except StatusError as error:
                if error.status not in _NO_SUCH_ID:
                    raise
                answer = None
            if answer is None:
                raise _no_such(name, listed)
            found = [_with_faq(Remote(answer), answer)]
        chosen.update((remote.id, remote) for remote in found)
    return list(chosen.values())


def _no_such(name: str, listed: Sequence[Remote]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, [remote.name for remote in listed], 1)
    hint = f"did you mean {near[0]}?" if near else "names are taken as they are, in full"
    return UsageError(f"the account has no assistant with the name or id {name!r}", hint=hint)


async def _with_faqs(
    client: Client, streams: Streams, remotes: Sequence[Remote]
) -> tuple[Remote, ...]:
    """Return the assistants with their FAQ; those whose FAQ the list lacks are read by id."""
    lacking = [remote for remote in remotes if remote.faq is None]
    done = 0

    async def complete(remote: Remote) -> Remote:
        nonlocal done
        answer = await client.get_assistant(remote.id)
        done += 1
        streams.step(f"reading {done} of {len(lacking)}")
        return remote if answer is None else _with_faq(remote, answer)

    read = {remote.id: remote for remote in await asyncio.gather(*map(complete, lacking))}
    return tuple(read.get(remote.id, remote) for remote in remotes)


def _with_faq(remote: Remote, answer: Mapping[str, object]) -> Remote:
    """Return an assistant with the FAQ of an answer on itself alone, where null is none."""
    from revox_sync.plan.remote import Remote

    if "faq_items" not in answer:
        return remote
    return Remote({**remote.data, "faq_items": answer["faq_items"] or []})


@contextmanager
def _staging(project: Project, *, check: bool) -> Iterator[Staging]:
    """Yield where new files wait; with ``check`` that is nowhere near the project."""
    from revox_sync.definitions.writer.staging import Staging

    try:
        if not check:
            with Staging(project) as staging:
                yield staging
            return
        with tempfile.TemporaryDirectory() as folder:
            if project.file is not None:
                shutil.copy(project.root / project.file, folder)
            with Staging(replace(project, root=Path(folder))) as staging:
                yield staging
    except OSError as error:
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        raise SetupError(
            f"nothing was written: {where}{error.strerror}",
            hint="every file of the project is as it was",
        ) from None


@dataclass(frozen=True, slots=True)
class _Written:
    """A definition that waits to be put in place."""

    key: str
    remote: Remote
    secrets: tuple[Secret, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass
class _Pulling:
    """Turns one assistant after the other into a definition that was loaded and compared."""

    sources: Sources
    rules: Rules
    environ: AsFarAsSet
    staging: Staging
    prompts: bool
    written: list[_Written] = field(default_factory=list)
    failed: list[tuple[Remote, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        from revox_sync.definitions.writer.names import FreeNames
        from revox_sync.definitions.writer.secrets import SecretNames

        project = self.sources.project
        self._free = FreeNames(_names_in(project.root / project.assistants))
        self._names = SecretNames(self.environ, self.environ.asked)

    def add(self, remote: Remote) -> None:
        """Write the definition of an assistant aside; one that cannot be is told."""
        from revox_sync.definitions.writer.new import new_definition
        from revox_sync.plan.adopt import disagreements, state

        key = self._free.take(remote.name)
        cannot: dict[str, str] = {}
        why = ""
        for _ in range(_ATTEMPTS):
            stated = state(remote, self.sources.project, self.rules, cannot)
            if stated.impossible is not None:
                why = stated.impossible
                break
            new = new_definition(
                key,
                remote.id,
                stated.fields,
                stated.ignore,
                self._names,
                prompt_apart=self.prompts,
                environment=self.sources.project.environment,
            )
            loaded = self.staging.load(new.files, key, self._with(new.secrets))
            differing = {
                name: reason
                for definition in loaded.definitions
                for name, reason in disagreements(definition, remote, self.rules).items()
            }
            if loaded.definitions and not differing:
                self.written.append(_Written(key, remote, new.secrets, stated.left_out))
                return
            self._names.give_back(new.secrets)
            why = "; ".join(differing.values() or {p.message for p in loaded.diagnostics})
            cannot |= differing
        self.failed.append((remote, why))

    def _with(self, secrets: Sequence[Secret]) -> AsFarAsSet:
        from revox_sync.definitions.references import SECRET_PREFIX
        from revox_sync.definitions.writer.secrets import AsFarAsSet

        held = {SECRET_PREFIX + secret.name: secret.value or "masked" for secret in secrets}
        return AsFarAsSet({**self.environ, **held})


def _names_in(folder: Path) -> Iterator[str]:
    """Yield the names, without suffix, of everything that a new file could run into."""
    from revox_sync.definitions.writer.new import PROMPTS

    for place in (folder, folder / PROMPTS):
        if place.is_dir():
            yield from (_SUFFIX.sub("", found.name) for found in place.iterdir())


def _report(pulling: _Pulling, found: Sorted, project: Project, *, named: bool, check: bool) -> str:
    """Return what was written and what was not, what is to be set, and what was left out."""
    from revox_sync.render.escape import escape
    from revox_sync.render.guard import harmless

    files = {w.key: f"{project.assistants}/{w.key}.yaml" for w in pulling.written}
    lines = [f"{files[w.key]}: {w.remote.name} ({w.remote.id})" for w in pulling.written]
    if named:
        lines += [f"{remote.name} is defined in {file}" for remote, file in found.defined]
    lines += [
        f"{remote.name} ({remote.id}) is left alone: {file} may mean it or another of its name; "
        "say which with sync.id"
        for remote, file in found.contested
    ]
    lines += [
        f"{remote.name} ({remote.id}) is not written: {why}" for remote, why in pulling.failed
    ]
    lines += _to_set(pulling.written, files)
    lines += _left_out(pulling.written, files)
    count = len(pulling.written)
    verb = "would be written" if check else "written"
    lines.append(
        f"{count} definition{'s' * (count != 1)} {verb}, {len(found.defined)} defined already"
        + (f", {len(pulling.failed)} not written" if pulling.failed else "")
    )
    return harmless("".join(f"{escape(line)}\n" for line in lines))


def _to_set(written: Sequence[_Written], files: Mapping[str, str]) -> Iterator[str]:
    """Yield what stands in the new files for values that they do not hold."""
    from revox_sync.definitions.finding import spell
    from revox_sync.definitions.references import SECRET_PREFIX

    secrets = [(one, secret) for one in written for secret in one.secrets]
    if secrets:
        yield "to be set, because these values are not written down:"
    for one, secret in secrets:
        masked = ", which the account masks" if secret.masked else ""
        where = f"{spell(secret.place)} in {files[one.key]}"
        yield f"  {SECRET_PREFIX}{secret.name}: {where}{masked}"


def _left_out(written: Sequence[_Written], files: Mapping[str, str]) -> Iterator[str]:
    """Yield what the account has and no file states, alike places of several files as one."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in written:
        for place, why in dict.fromkeys(
            (re.sub(r"\[\d+\]", "[]", p), why) for p, why in one.left_out
        ):
            places.setdefault((place, why), []).append(files[one.key])
    if places:
        yield "left out:"
    for (place, why), found in places.items():
        more = f" and {len(found) - _SOME} more" if len(found) > _SOME else ""
        yield f"  {place}: {why} ({', '.join(found[:_SOME])}{more})"
