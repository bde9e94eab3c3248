"""What a verb works with, made once: project, definitions, rules, account, matching.

Two verbs that put these together for themselves would come to disagree. So the definitions are
loaded here, the rules of a comparison are put together here, and definitions are matched with the
account's assistants here, and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from revox_sync.account.reader import Account, read_assistants
from revox_sync.account.remote import Remote, Target
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.loader import Readings, load_definitions
from revox_sync.definitions.problem import DefinitionError, Problem, did_you_mean, errors_in
from revox_sync.definitions.project import Project
from revox_sync.definitions.references import set_secrets
from revox_sync.errors import UsageError
from revox_sync.history.journal import Records, is_recent, own_records
from revox_sync.history.runs import (
    Recent,
    Recreated,
    list_recent,
    list_recreates,
    list_sent,
    snapshot_of,
    unfinished,
)
from revox_sync.operations.connection import (
    SANDBOX_KEY,
    base_url_of,
    keys_in,
    organization_of,
    pin_refusal,
    read_project,
    secrets_in,
    tell_unset,
)
from revox_sync.operations.settings import SETTLE_S, Reporter, Settings, path_in_repository
from revox_sync.operations.signals import run
from revox_sync.plan.account import read_account, secrets_in_account, secrets_of, settled
from revox_sync.plan.match import Matching, match
from revox_sync.plan.model import Choices, Rules
from revox_sync.plan.recreate import NOTHING_RECREATED, Recreating
from revox_sync.records import dataclass
from revox_sync.secrecy.redactor import Redactor
from revox_sync.secrecy.values import Known

if TYPE_CHECKING:
    from revox_sync.account.client import Client
    from revox_sync.definitions.base import Base

#: How many keys or names a message lists.
_SOME = 8

#: The rules of the loader that tell of a project without definitions.
EMPTY_PROJECT = frozenset(("no-definitions", "missing-folder"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The project and its valid definitions; ``diagnostics`` holds warnings only.

    ``elsewhere`` names the environments of definitions that are not in this one, by key.
    ``choices`` are what the user wants beyond the definitions. ``earlier`` holds by key those
    of the commit that a plan is compared with. ``tell_absent`` says whether comparisons tell
    what the account has set and a definition leaves out. A ``thorough`` one reads the FAQ of
    assistants whose definitions leave it out, too. ``gone`` are definitions of the commit that a
    plan is compared with and that are no longer there. ``settle`` is how many seconds reads may lag
    behind what runs wrote; ``records`` are those runs, None for those of this machine, which are in
    ``own`` once git was asked which it tracks. ``bases`` are the commits that were read, so that
    each is read once, ``readings`` what is not read again there.
    """

    settings: Settings
    reporter: Reporter
    project: Project
    definitions: tuple[Definition, ...]
    diagnostics: tuple[Problem, ...] = ()
    elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    earlier: Mapping[str, Definition] = field(default_factory=dict)
    tell_absent: bool = True
    strict: bool = True
    thorough: bool = False
    gone: tuple[Definition, ...] = ()
    settle: float = SETTLE_S
    records: Records | None = None
    own: list[Records] = field(default_factory=list, repr=False)
    bases: dict[str, Base] = field(default_factory=dict, repr=False)
    readings: Readings | None = field(default=None, repr=False)

    def select(self, patterns: Sequence[str]) -> frozenset[str] | None:
        """Return the keys that any of the patterns name; None, for all, without patterns.

        Raises UsageError for one that matches nothing, unless the context is not ``strict``: a
        mistyped key must not look like success.
        """
        if not patterns:
            return None
        chosen: set[str] = set()
        for pattern in patterns:
            found = [made.key for made in self.named(pattern)]
            if self.strict and not found:
                raise self._no_match(pattern, [made.key for made in self.definitions])
            chosen.update(found)
        return frozenset(chosen)

    def named(self, pattern: str) -> list[Definition]:
        """Return the definitions of a key, or else of a path, a name, or a glob of one of these.

        What is exactly one of them is no glob: a name may hold brackets.
        """
        root = os.path.realpath(self.project.root)
        path = Path(os.path.relpath(os.path.realpath(pattern), root)).as_posix()
        ways: tuple[Callable[[Definition], bool], ...] = (
            lambda made: made.key == pattern,
            lambda made: made.file in (pattern, path),
            lambda made: made.name == pattern,
            lambda made: fnmatchcase(made.key, pattern),
            lambda made: fnmatchcase(made.file, path),
            lambda made: fnmatchcase(made.name, pattern),
        )
        for is_meant in ways:
            if found := [made for made in self.definitions if is_meant(made)]:
                return found
        return []

    def _no_match(self, pattern: str, keys: Sequence[str]) -> UsageError:
        for key, names in self.elsewhere.items():
            if fnmatchcase(key, pattern):
                return UsageError(
                    f"{key} is not defined in environment {self.project.environment}",
                    hint=f"its sync.environments says {', '.join(names)}",
                )
        hint = did_you_mean(pattern, keys) or f"the keys are {some(keys)}"
        return UsageError(f"no definition matches {pattern!r}", hint=hint)

    def rules(self, account: Account | None = None) -> Rules:
        """Return the rules of every comparison; without an account, for two sets of definitions."""
        stated = self.project.profile
        unread = "current" if stated == "auto" else stated
        return Rules(
            unread if account is None else account.profile,
            self.project.absent,
            self.choices.push_unknown,
            tell_absent=self.tell_absent,
            known=Known(set_secrets(self.settings.environ)),
            members=frozenset() if account is None else account.members,
        )

    @property
    def looks_at_all_faqs(self) -> bool:
        """Whether a FAQ that no definition states matters here."""
        absent = self.project.absent
        return absent == "reset" or (self.thorough and self.tell_absent and absent == "report")

    def recreating(self) -> Recreating:
        """Return what the project, the choices and earlier runs say about recreating.

        Raises UsageError for ``--recreate`` in a project that does not say what becomes of the old
        assistant.
        """
        choices, retire = self.choices, self.project.retire
        keys = self.select(choices.recreate) or frozenset()
        if retire is None and (keys or choices.finish_recreate):
            option = "--recreate" if keys else "--finish-recreate"
            raise UsageError(
                f"{option} needs to know what becomes of the old assistant",
                hint="state `retire: delete` or `retire: keep` in revox-sync.yaml",
            )
        if retire is None:
            return NOTHING_RECREATED
        records = self._own_records()
        for ignored in records.ignored:
            self.reporter.remark(ignored)
        recorded = list_recreates(records, base_url_of(self.settings), self.project.environment)
        bound = frozenset(definition.sync.id for definition in self.definitions)
        left = unfinished(recorded.runs, bound)
        return Recreating(
            retire,
            keys,
            choices.rebind,
            choices.force_recreate,
            {old: Recreated("", old) for old in choices.finish_recreate} | left,
            frozenset(choices.finish_recreate),
            {
                old: found
                for old, was in left.items()
                if (found := snapshot_of(records, was.run, was.key, old)) is not None
            },
            {made.new: made for run in recorded.runs for made in run if made.new is not None},
            recorded.vain,
            recorded.changed,
        )

    def _own_records(self) -> Records:
        if not self.own:
            self.own.append(own_records(self.settings.project, self.settings.environ))
        return self.own[0]

    def sent(self) -> Mapping[str, Sequence[str]]:
        """Return by key the ids that earlier runs of this machine made or changed."""
        made = list_sent(self._own_records(), base_url_of(self.settings), self.project.environment)
        return {key: [one.id for one in sent if one.id] for key, sent in made.items()}

    def recent(self) -> Recent:
        """Return what earlier runs did that reads may not show yet."""
        settings, records = self.settings, self.records
        if settings.sandbox:
            return Recent()  # its reads show every write, and a reset is no lag
        if records is None:
            if self.project.retire is None and not is_recent(settings.project, self.settle):
                return Recent()
            records = self._own_records()
        base_url, environment = base_url_of(settings), self.project.environment
        return list_recent(records, base_url, environment, self.settle)

    def match(self, remotes: Sequence[Remote], recreating: Recreating) -> Matching:
        """Match the definitions with the account's assistants."""
        return match(
            self.definitions,
            remotes,
            allow_create=frozenset(self.choices.allow_create),
            keep_superseded=recreating.retire == "keep",
            unfinished={old: left.new for old, left in recreating.unfinished.items()},
            environment=self.project.environment,
            earlier=self.earlier,
            sent=self.sent,
        )

    def at(self, ref: str) -> Base:
        """Return the definitions of a commit; what could not be read there is reported.

        Raises UsageError for a commit that is not there, SetupError without a repository.
        """
        if ref in self.bases:
            return self.bases[ref]
        from revox_sync.definitions.base import definitions_at  # most plans need no git

        settings = self.settings
        found = definitions_at(
            settings.project,
            ref,
            settings.environ,
            settings.environment,
            settings.secrets,
            self.readings,
        )
        for remark in found.remarks:
            self.reporter.remark(remark)
        self.bases[ref] = found
        return found

    def read(self) -> Survey:
        """Read what a plan of these definitions needs of the account.

        Raises RefusedError for a key of an organization that the project does not allow, and
        ApiError when the account cannot be read.
        """

        async def surveyed() -> Survey:
            async with self.surveying() as (_, survey):
                return survey

        return run(surveyed())

    @asynccontextmanager
    async def surveying(self) -> AsyncIterator[tuple[Client, Survey]]:
        """Read what ``read`` does, and yield the client, too, for what else is to be read."""
        recreating = self.recreating()
        async with self.reading() as client:
            account = await self._account(client, recreating)
            matching = self.match(account.remotes, recreating)
            yield client, Survey(self, account, self.rules(account), matching, recreating)

    @asynccontextmanager
    async def open_account(self, remotes: Iterable[Remote] = ()) -> AsyncIterator[Client]:
        """Yield a client for the account; what it waits for is reported.

        Its messages hold nothing sensitive of the definitions, nor of ``remotes``. Raises
        SetupError for a missing or malformed key.
        """
        from revox_sync.account.address import check_key
        from revox_sync.account.client import Client

        settings, variable = self.settings, self.project.key_variable

        def sensitive() -> Iterator[str]:
            yield from keys_in(settings.environ) | secrets_in(settings.environ)
            yield from secrets_of((*self.definitions, *self.gone)) | secrets_in_account(remotes)

        base_url, transport = base_url_of(settings), None
        if settings.sandbox:
            from revox_sync.operations.sandbox import transport_to

            key, transport = SANDBOX_KEY, transport_to(self.project, settings.environ)
        else:
            key = check_key(settings.environ.get(variable, ""), variable)
        async with Client(
            base_url,
            key,
            parallelism=settings.parallelism,
            timeout=settings.timeout,
            redactor=Redactor(sensitive()),
            key_variable=variable,
            trust_list=settings.trust_list,
            known=Known(set_secrets(settings.environ)),
            transport=transport,
        ) as client:
            client.on_wait = self.reporter.step
            yield client
        self.reporter.step("")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Client]:
        """Yield a client for an account whose organization the project allows.

        Raises RefusedError for any other, and ApiError.
        """
        settings, project = self.settings, self.project
        tell_sandbox(settings, self.reporter)
        async with self.open_account() as client:
            if project.organization_id is not None and not settings.sandbox:
                told = organization_of(await client.who_am_i())
                refused = pin_refusal(settings, project, told)
                if refused is not None:
                    raise refused
            self.reporter.step("reading the account")
            yield client

    async def list_assistants(self, client: Client, bound: Collection[str]) -> list[Remote]:
        """Return every listed assistant, and those of the ids ``bound``, as they are now.

        A list may be older than what this machine wrote. Raises ApiError.
        """
        listed, recent = await read_assistants(client, bound), self.recent()
        if self.settings.trust_list:
            listed = [replace(one, listed=True) for one in listed]
        return await settled(client, listed, recent, self.reporter.remark)

    def in_others(self) -> dict[str, tuple[Definition, ...] | None]:
        """Return the definitions of each other environment; None where they have errors."""
        found: dict[str, tuple[Definition, ...] | None] = {}
        for name in self.project.environments:
            if name != self.project.environment:
                settings = replace(self.settings, env=name)
                project, problems = read_project(settings)
                loaded = load_definitions(project, settings.secrets)
                broken = errors_in((*problems, *loaded.diagnostics))
                found[name] = None if broken else loaded.definitions
        return found

    async def _account(self, client: Client, recreating: Recreating) -> Account:
        bound = [made.sync.id for made in (*self.definitions, *self.gone) if made.sync.id]
        unbound = [made.key for made in self.definitions if made.sync.id is None]
        bound += [was.sync.id for key in unbound if (was := self.earlier.get(key)) and was.sync.id]
        bound += recreating.unfinished  # what is to be retired may be missing from one list
        account = await read_account(
            client,
            await self.list_assistants(client, bound),
            self.definitions,
            recreating,
            lambda remotes: self.match(remotes, recreating),
            self.sent,
            all_faqs=self.looks_at_all_faqs,
            gone=self.gone,
        )
        return self.as_stated(account)

    def as_stated(self, account: Account) -> Account:
        """Return an account with what the project says of it: its profile, its environment."""
        stated = self.project.profile
        profile = account.profile if stated == "auto" else stated
        return replace(account, profile=profile, environment=self.project.environment)


@dataclass(frozen=True, slots=True)
class Survey:
    """A context whose account was read: with the rules for it, and which assistant is which."""

    context: Context
    account: Account
    rules: Rules
    matching: Matching
    recreating: Recreating

    @property
    def target(self) -> Target:
        """The account that a plan is for, and the project's path in its repository."""
        project = path_in_repository(self.context.settings.project)
        return replace(self.account.target, project=project)


def load(
    settings: Settings,
    reporter: Reporter | None = None,
    choices: Choices | None = None,
    *,
    strict: bool = True,
    allowed: frozenset[str] = frozenset(),
    tell_absent: bool = True,
    thorough: bool = False,
    settle: float = SETTLE_S,
) -> Context:
    """Load everything that the project states; warnings are reported.

    ``strict`` refuses globs that match nothing. ``allowed`` names rules whose findings are no
    problem here; ``thorough`` as in Context. Reads may lag ``settle`` seconds behind writes.
    Where the choices name a commit, no finding is less severe than by the ``rules:`` there.
    Raises DefinitionError when anything in any file is wrong: a plan from half of the definitions
    would be a wrong plan. With a commit, UsageError and SetupError as ``Context.at``.
    """
    reporter = reporter or Reporter()
    has_base = choices is not None and choices.base is not None
    context = _loaded(settings, reporter, allowed, identified=has_base)
    if choices is not None and choices.base is not None:
        base = context.at(choices.base)
        if base.rules is not None and base.rules != context.project.rules:
            bases = context.bases
            context = replace(_loaded(settings, reporter, allowed, base), bases=bases)
    if context.diagnostics:
        reporter.diagnostics(context.diagnostics)
    context = replace(
        context,
        choices=choices or Choices(),
        tell_absent=tell_absent,
        strict=strict,
        thorough=thorough,
        settle=settle,
    )
    only = context.select(context.choices.keys)
    chosen = (made for made in context.definitions if only is None or made.key in only)
    tell_unset({name for made in chosen for name in made.unset}, reporter)
    return context


def _loaded(
    settings: Settings,
    reporter: Reporter,
    allowed: frozenset[str],
    base: Base | None = None,
    *,
    identified: bool = False,
) -> Context:
    """Return the project's sound definitions, by the rules of now and of a base."""
    project, problems = read_project(settings, None if base is None else base.rules)
    loaded = load_definitions(project, settings.secrets, identified=identified)
    diagnostics = tuple(
        found for found in (*problems, *loaded.diagnostics) if found.rule not in allowed
    )
    if errors_in(diagnostics):
        if base is not None:  # by the rules of now there was none
            why = f"an error by the rules at {base.commit[:12]}: first merge a change of `rules:`"
            diagnostics = tuple(
                replace(found, hint=f"{found.hint}; {why}" if found.hint else why)
                if found.severity == "error"
                else found
                for found in diagnostics
            )
        raise DefinitionError(diagnostics)
    return Context(
        settings=settings,
        reporter=reporter,
        project=project,
        definitions=loaded.definitions,
        diagnostics=diagnostics,
        elsewhere=loaded.elsewhere,
        readings=loaded.readings,
    )


def own_runs(settings: Settings, reporter: Reporter) -> Records:
    """Return the records of this project; what is there and is not read is reported."""
    found = own_records(settings.project, settings.environ)
    for ignored in found.ignored:
        reporter.remark(ignored)
    return found


def some(names: Sequence[str]) -> str:
    """Return names as a message lists them: not all, if there are many."""
    return ", ".join(names[:_SOME]) + (", …" if len(names) > _SOME else "")


def tell_sandbox(settings: Settings, reporter: Reporter) -> None:
    """Say so if the account is the sandbox."""
    if settings.sandbox:
        reporter.remark("sandbox: the embedded local API; nothing leaves this machine")
