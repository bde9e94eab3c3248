"""The plan: frozen, plain data. Never drive behaviour from its texts.

A plan is what a reviewer sees, what ``--out`` saves and what ``apply`` is held to. It holds no
sensitive value, no client and no function. What apply needs beyond that is kept in memory and is no
part of the public form: the ``rules`` and ``remotes`` of a plan; of an action its ``definition``,
the ``body`` that is to be sent, and ``basis``, the account's managed values as they were when the
plan was made, so that a change made in between is noticed even where its value may not be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field, replace
from typing import Any, ClassVar, Literal, TypeVar

from revox_sync.account.remote import Remote, Target
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.project import Absent
from revox_sync.model.generations import Generation, Profile, generation_of
from revox_sync.model.path import field_in
from revox_sync.model.shapes import fingerprint
from revox_sync.records import dataclass
from revox_sync.secrecy.values import Known

FORMAT_VERSION = "1.0"

Op = Literal["add", "change", "remove"]
ActionKind = Literal["create", "replace", "delete", "unchanged"]
Mode = Literal["in-place", "recreate"]
Origin = Literal["definition", "drift", "both", "unknown"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would become another; ``path`` as in ``voice.speed``.

    ``before`` and ``after`` are canonical values, null where there is none. With ``sensitive``
    they are masked. Texts of a definition are as written: ``secrets`` names the secrets that
    ``after`` refers to. ``absent`` marks a field that goes back to its resting value because the
    definition does not state it. ``origin`` says who moved since the commit that the plan was
    compared with: the definition, the account (``drift``), or both, which is a conflict; ``base``
    is then what the definition said at that commit, or that nobody can say which item of a list it
    was. It is ``unknown`` where the definition at that commit cannot be read. Both are null in a
    plan without one.
    """

    path: str
    op: Op
    before: Any
    after: Any
    sensitive: bool = False
    absent: bool = False
    origin: Origin | None = None
    base: Any = None
    secrets: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The top-level field that the change is in."""
        return field_in(self.path)


@dataclass(frozen=True, slots=True)
class Reported:
    """A value that the account has set and the definition leaves out; masked if ``sensitive``."""

    path: str
    value: Any
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A place that cannot be compared, because ``secrets`` are not set."""

    path: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recreation:
    """How an assistant is replaced by a new one.

    ``why`` says what decided it. ``new_id`` is null until the new one exists: it is there in the
    plan that finishes what an earlier run began. ``retire`` says what becomes of the old one, which
    the account calls ``old_name``; ``phone_numbers`` which inbound numbers move to the new one.
    ``earlier`` are still older ones that are retired along with it. ``then`` says how the new one
    is changed once all that is finished: null where it is as the definition says.
    """

    why: str
    old_id: str
    new_id: str | None
    retire: Literal["delete", "keep"]
    phone_numbers: tuple[str, ...] = ()
    old_name: str = ""
    earlier: tuple[str, ...] = ()
    then: Mode | None = None


@dataclass(frozen=True, slots=True)
class UsedBy:
    """Who uses an assistant: the inbound ``numbers`` that it answers, and calls still to make.

    ``campaigns`` are the names of those that call with it, ``calls`` counts the single calls that
    wait. With ``partial``, campaigns and calls could not be read.
    """

    numbers: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    calls: int = 0
    partial: bool = False


@dataclass(frozen=True, slots=True)
class CallVariables:
    """The ``{{names}}`` that calls have to pass from now on, and those needed no more."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What a comparison of a definition with its assistant found.

    ``open_questions`` are questions waiting for a human that would be dropped, ``not_clearable``
    fields stated as null that are set and cannot be cleared in place, ``unknown`` the places whose
    values the account does not tell, ``ignored`` the fields that would differ, or might, were they
    not left to the dashboard. ``reported`` is what the account has set and the definition leaves
    out, and counts as drift; ``kept`` are the places of what ``absent: keep`` leaves to the
    dashboard, ``unjudged`` fields that the definition leaves out and of which nobody can tell
    whether somebody set them. ``uncompared`` are the places that cannot be compared because secrets
    are not set, ``unset`` names those of them that writing takes. ``body`` holds the fields to
    send, ``basis`` the account's managed values, each in one of the forms that mean it.
    """

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    not_clearable: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    reported: tuple[Reported, ...] = ()
    kept: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    uncompared: tuple[Uncompared, ...] = ()
    unset: tuple[str, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    basis: Any = field(default=None, repr=False, compare=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The top-level fields that differ."""
        changed = (change.field for change in self.changes)
        return tuple(dict.fromkeys([*changed, *self.not_clearable]))

    @property
    def differing(self) -> tuple[str, ...]:
        """The paths at which the account differs, or has more set than the definition states."""
        paths = [change.path for change in self.changes]
        return (*paths, *(found.path for found in self.reported))


@dataclass(frozen=True, kw_only=True, slots=True)
class Action(Comparison):
    """What is to be done for one definition; each kind is a class of its own.

    ``action`` and ``mode`` name the kind in the public form. ``id`` is null where the assistant is
    yet to be made, where nobody can say which one it is, or where no account was asked. ``refused``
    says why this one will not be done. ``dropped`` are places that the definition stated at the
    commit that the plan was compared with, and leaves to the account since. ``used_by`` is None
    where nothing changes, and where it cannot be told. ``variables`` are those of its texts;
    ``warnings`` say which calls would lack one.
    """

    action: ClassVar[ActionKind]
    mode: ClassVar[Mode | None] = None

    key: str
    name: str
    id: str | None
    file: str
    refused: str | None = None
    dropped: tuple[str, ...] = ()
    used_by: UsedBy | None = None
    variables: CallVariables = CallVariables()
    warnings: tuple[str, ...] = ()
    fingerprint: str = ""
    definition: Definition | None = field(default=None, repr=False, compare=False)

    @property
    def writes(self) -> bool:
        """Whether applying the action sends anything."""
        return self.refused is None and self.action != "unchanged"

    @property
    def recreate(self) -> Recreation | None:
        """How it is replaced by a new assistant; None where it is not."""
        return None

    @property
    def wanted(self) -> Definition:
        """The definition. Raises LookupError in a saved plan, which holds none."""
        if self.definition is None:
            raise LookupError(self.key)
        return self.definition


@dataclass(frozen=True, kw_only=True, slots=True)
class Create(Action):
    """A new assistant is made."""

    action = "create"
    id: None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replace(Action):
    """An assistant gets other values, and keeps its id."""

    action = "replace"
    mode = "in-place"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recreate(Action):
    """The assistant ``id`` is replaced by a new one."""

    action = "replace"
    mode = "recreate"
    id: str
    how: Recreation

    @property
    def recreate(self) -> Recreation:
        """How it is replaced by a new assistant."""
        return self.how


@dataclass(frozen=True, kw_only=True, slots=True)
class Delete(Action):
    """An assistant is deleted.

    ``named`` says that somebody named it, which is the permit. Else its definition is gone, and
    ``rules`` are those of the comparison with what that said.
    """

    action = "delete"
    named: bool = field(default=False, compare=False)
    rules: Rules | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unchanged(Action):
    """Nothing is sent."""

    action = "unchanged"


_Kind = TypeVar("_Kind", bound=Action)


def action_fingerprint(action: Action) -> str:
    """Return a fingerprint of everything that a reviewer saw of an action."""
    seen = [
        [change.path, change.op, change.before, change.after, change.sensitive, change.absent]
        + ([change.origin] if change.origin else [])
        + ([list(change.secrets)] if change.secrets else [])
        for change in action.changes
    ]
    how: list[Any] = [] if action.recreate is None else [asdict(action.recreate)]
    questions = list(action.open_questions)
    if isinstance(action, Delete):  # what it has beyond its definition is told in the notes
        how = [list(action.notes)]
    return fingerprint([action.action, action.key, action.id, seen, questions, *how])


def signed(action: _Kind) -> _Kind:
    """Return the action with its fingerprint."""
    return replace(action, fingerprint=action_fingerprint(action))


@dataclass(frozen=True, slots=True)
class Blocked:
    """What apply refuses: all of the plan (a limit), or what it would do for one ``key``.

    ``drift``: it would be done, but undoes an edit made outside git. ``base``: perhaps it does; the
    definition at the base cannot be read. ``allow`` names the options and settings that allow it;
    null where ``message`` says what to do.
    """

    kind: Literal["limit", "drift", "base", "refused"]
    message: str
    key: str | None = None
    allow: str | None = None


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """An assistant that no definition describes."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A definition that is no longer there since the commit that the plan was compared with.

    ``ids`` are the assistants that it described and the account still has, ``reached_by`` says in
    words what still reaches them. ``environments`` are those in which it is still defined.
    ``described_by`` are the keys of other definitions that describe its assistant now.
    """

    key: str
    name: str
    file: str
    ids: tuple[str, ...] = ()
    reached_by: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    described_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What was asked for when the plan was made.

    ``keys`` are globs for the definitions (none for all), ``allow_create`` those for the ones that
    may be created beside a look-alike (in a plan, their keys), ``recreate`` those for the ones that
    are replaced by a new assistant where they differ; ``push_unknown``: write what cannot be read
    back, too; ``rebind`` and ``force_recreate``: recreate what is bound, and what is in use or
    cannot be copied whole; ``finish_recreate``: ids of old assistants whose successor is there
    already. ``base`` is the commit whose definitions tell a change of the definition from drift;
    null without one. ``prune``: delete what is no longer defined since then.
    """

    keys: tuple[str, ...] = ()
    allow_create: tuple[str, ...] = ()
    push_unknown: bool = False
    recreate: tuple[str, ...] = ()
    rebind: bool = False
    force_recreate: bool = False
    finish_recreate: tuple[str, ...] = ()
    base: str | None = None
    prune: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What the project and the command line decide about every comparison.

    ``absent`` says what becomes of what the account has set and a definition leaves out: it is told
    (``report``), left to the dashboard, or goes back to its resting value; ``push_unknown`` whether
    what cannot be read back is written again; ``tell_absent`` whether what is left out is told at
    all. ``known`` are the secrets that are set, which the account's texts are shown without; None
    where the other side is a definition, too. ``members`` are those that the account's assistants
    report.
    """

    profile: Profile = "current"
    absent: Absent = "report"
    push_unknown: bool = False
    tell_absent: bool = True
    known: Known | None = field(default_factory=Known, repr=False, compare=False)
    members: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def generation(self) -> Generation:
        """The generation of the API that the account speaks."""
        return generation_of(self.profile, self.members)


@dataclass(frozen=True, slots=True)
class Plan:
    """All actions, in the order of their keys, and what else the reviewer should know.

    ``created_at`` (ISO 8601) is when the plan was saved; null for one that was not. ``obstacles``
    are what apply refuses beside the actions that are refused already. ``remarks`` say what could
    not be told of who uses the assistants. ``gone`` are definitions that are no longer there since
    the commit that it was compared with. ``rules`` are those of its comparisons, ``remotes`` the
    account's assistants by id as they were read for it.
    """

    target: Target
    actions: tuple[Action, ...]
    unmanaged: tuple[Unmanaged, ...] = ()
    diagnostics: tuple[Problem, ...] = ()
    choices: Choices = Choices()
    created_at: str | None = None
    obstacles: tuple[Blocked, ...] = ()
    gone: tuple[Gone, ...] = ()
    remarks: tuple[str, ...] = ()
    rules: Rules = field(default=Rules(), repr=False, compare=False)
    remotes: Mapping[str, Remote] = field(default_factory=dict, repr=False, compare=False)

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """All that apply refuses, what concerns the whole plan first."""
        refused = (
            Blocked("refused", action.refused, action.key)
            for action in self.actions
            if action.refused is not None
        )
        return (*self.obstacles, *refused)

    @property
    def consents(self) -> tuple[Action, ...]:
        """The actions that drop open questions; somebody has to agree to that."""
        return tuple(action for action in self.actions if action.writes and action.open_questions)

    @property
    def summary(self) -> Mapping[str, int]:
        """Counts by kind; a refused action counts as refused only."""
        counts = dict.fromkeys(
            ("create", "replace", "recreate", "delete", "unchanged", "refused"), 0
        )
        for action in self.actions:
            if action.refused is not None:
                counts["refused"] += 1
                continue
            counts[action.action] += 1
            if action.mode == "recreate":
                counts["recreate"] += 1
        return {**counts, "unmanaged": len(self.unmanaged)}

    @property
    def has_changes(self) -> bool:
        """Whether applying the plan would write anything."""
        return any(action.writes for action in self.actions)

    @property
    def has_refusals(self) -> bool:
        """Whether an action is refused."""
        return any(action.refused is not None for action in self.actions)

    @property
    def has_drift(self) -> bool:
        """Whether the account differs from the definitions; missing assistants count.

        Values that are set and not stated count too, unless they are left to the dashboard.
        """
        return self.has_changes or any(
            action.not_clearable or action.reported for action in self.actions
        )
