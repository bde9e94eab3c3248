"""``revox-sync bind``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options

if TYPE_CHECKING:
    from revox_sync.authoring.editing.workspace import Workspace
    from revox_sync.cli.definitions import Sources
    from revox_sync.cli.streams import Streams
    from revox_sync.definitions.definition import Definition
    from revox_sync.plan.match import Match, Matching


@click.command("bind")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@global_options
def command(settings: Settings, keys: tuple[str, ...]) -> int:
    """Write into each definition the id of the assistant that it was found to describe.

    KEY is a definition's path without suffix; globs work. Without one, all definitions.
    """
    from revox_sync.authoring.writer.secrets import AsFarAsSet
    from revox_sync.cli.definitions import load_sources, select

    settings = replace(settings, environ=AsFarAsSet(settings.environ))  # no secret matters here
    streams = settings.streams()
    sources = load_sources(settings, streams)
    only = select(sources, keys)
    matching = _matching(settings, streams, sources)
    binding = _Binding(_workspace(sources, settings), sources.project.environment)
    for definition in sources.definitions:
        if only is None or definition.key in only:
            binding.bind(definition, matching.matches[definition.key])
    _save(binding.workspace)
    streams.result(binding.report())
    if settings.sandbox and binding.bound:
        streams.remark("these ids are those of the sandbox: no other account has them\n")
    if binding.refused:
        return ExitCode.PARTIAL if binding.bound else ExitCode.REFUSED
    return ExitCode.DONE


def _workspace(sources: Sources, settings: Settings) -> Workspace:
    from revox_sync.authoring.editing.workspace import Workspace

    return Workspace(sources.project, settings.environ)


def _matching(settings: Settings, streams: Streams, sources: Sources) -> Matching:
    """Read the account, and return which definition is which of its assistants."""
    from revox_sync.cli.choosing import recreating_of
    from revox_sync.cli.planning import read
    from revox_sync.plan.match import match
    from revox_sync.plan.model import Choices

    recreating = recreating_of(settings, sources, Choices(), strict=False)
    account = read(settings, streams, sources, recreating)
    return match(
        sources.definitions,
        account.remotes,
        keep_superseded=recreating.retire == "keep",
        unfinished=recreating.unfinished,
        environment=sources.project.environment,
    )


def _save(workspace: Workspace) -> None:
    from revox_sync.authoring.editing.saving import Saving
    from revox_sync.cli.saving import nothing_written

    with nothing_written(), Saving(workspace.changes()) as saving:
        saving.commit()


@dataclass
class _Binding:
    """Binds one definition after the other in memory, and remembers what to say of each."""

    workspace: Workspace
    environment: str | None
    bound: list[str] = field(default_factory=list)
    already: int = 0
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def bind(self, definition: Definition, found: Match) -> None:
        """Bind a definition to its assistant, unless it is bound, or has none for certain."""
        stated = definition.sync.id
        if found.refused is not None:
            self.refused.append(f"{definition.file}: {found.refused}{self._shared(definition)}")
        elif found.remote is None:
            self.missing.append(
                f"{definition.file}: the account has no assistant of its name; apply creates it"
            )
        elif stated == found.remote.id:
            self.already += 1
        elif stated is not None:
            self.refused.append(
                f"{definition.file}: it is bound to {stated}, whose recreate to {found.remote.id} "
                "is not finished; apply --rebind finishes it"
            )
        else:
            self._write(definition, found.remote.id)

    def report(self) -> str:
        """Return one line for each definition that is not as before or not bound, and counts."""
        from revox_sync.render.safe import escape, harmless

        count = len(self.bound)
        summary = f"{count} definition{'s' * (count != 1)} bound, {self.already} bound already"
        if self.refused or self.missing:
            summary += f", {len(self.refused) + len(self.missing)} not bound"
        lines = [*self.bound, *self.missing, *self.refused, summary]
        return harmless("".join(f"{escape(line)}\n" for line in lines))

    def _write(self, definition: Definition, identity: str) -> None:
        from revox_sync.authoring.rebind import set_id
        from revox_sync.plan.match import id_stated

        left = set_id(self.workspace, definition.file, identity, self.environment)
        if left:
            self.refused.append(
                f"{left[0].location}: the id {identity} is not written: {left[0].why}; "
                f"write `{id_stated(identity, self.environment)}` by hand"
            )
        else:
            self.bound.append(f"{definition.file}: bound to {identity}")

    def _shared(self, definition: Definition) -> str:
        """Return what may be wrong with an id that is that of every environment."""
        if self.environment is None or definition.sync.id is None:
            return ""
        bound = self.workspace.state(definition.file).get("sync", {}).get("id")
        if not isinstance(bound, str):
            return ""
        return (
            f"; sync.id is the same in every environment: write one for each by hand, "
            f"`id: {{{self.environment}: …}}`"
        )
