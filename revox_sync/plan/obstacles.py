"""Why an assistant is not recreated: one reason after the other, each with the way on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.model.fields import FIELDS
from revox_sync.plan.commands import argument
from revox_sync.plan.compare import Comparison, Rules
from revox_sync.plan.match import Match
from revox_sync.plan.recreate import Recreating, difference, triggers, unlike
from revox_sync.plan.succession import newest_first

_STANDALONE = (None, "standalone")
_TWO = 2


class Obstacles:
    """Looks for what stands against a recreate; ``options`` name the account in a command."""

    def __init__(
        self,
        uses: Uses,
        rules: Rules,
        recreating: Recreating,
        unmanaged: Sequence[Remote],
        options: str,
    ) -> None:
        self._options = options
        self._uses = uses
        self._rules = rules
        self._recreating = recreating
        self._unmanaged = unmanaged

    def of(
        self, definition: Definition, found: Match, comparison: Comparison, lost: Sequence[str]
    ) -> str | None:
        """Return why a definition's assistant cannot be recreated; None where it can."""
        remote = found.remote
        assert remote is not None  # noqa: S101 - what is not there is created
        reasons = self._reasons(definition, found, remote, comparison, lost)
        return next(reasons, None)

    def of_finish(
        self,
        definition: Definition,
        old: Remote,
        new: Remote,
        comparison: Comparison,
        *,
        recorded: bool,
    ) -> str | None:
        """Return why a recreate whose new assistant exists cannot be finished.

        ``recorded`` says that the record of a run tells of it: then what came along is looked at,
        as it is where the old one is to be deleted.
        """
        looked_at = recorded or self._recreating.retire == "delete"
        return next(self._left(definition, old, new, comparison, looked_at), None)

    def _reasons(
        self,
        definition: Definition,
        found: Match,
        remote: Remote,
        comparison: Comparison,
        lost: Sequence[str],
    ) -> Iterator[str]:
        if self._recreating.retire is None:
            yield (
                "it is not said what becomes of the old assistant; state `retire: delete` or "
                "`retire: keep` in revox-sync.yaml"
            )
        if definition.sync.id is not None and not self._recreating.rebind:
            yield needs_rebind(definition, remote.id)
        yield from _flows(definition, remote)
        if lost:
            yield (
                f"a new assistant cannot be given what the old one has: {', '.join(lost)}; state "
                "it in the definition, or let it go with --force-recreate"
            )
        yield from self._in_use(remote)
        yield from self._begun(definition, remote)
        yield from self._in_vain(definition, found, remote, comparison)

    def _left(
        self,
        definition: Definition,
        old: Remote,
        new: Remote,
        comparison: Comparison,
        looked_at: bool,
    ) -> Iterator[str]:
        if definition.sync.id == old.id and not self._recreating.rebind:
            yield needs_rebind(definition, old.id)
        begun = f"its recreate from {old.id} to {new.id} is not finished, and {new.id}"
        way = "; put it right, or delete one of them, in the dashboard"
        if triggers(comparison):
            fields = dict.fromkeys([*comparison.not_clearable, *_fields(comparison)])
            yield f"{begun} is not as the definition says: {', '.join(fields)}{way}"
        differing = unlike(definition, old, new, self._rules) if looked_at else ()
        if differing and not self._recreating.force:
            yield (
                f"{begun} lacks what {old.id} has: {', '.join(differing)}{way}, or let it go with "
                "--force-recreate"
            )
        if self._recreating.retire == "delete":
            yield from self._in_use(old)

    def _in_use(self, remote: Remote) -> Iterator[str]:
        names = [campaign.name for campaign in self._uses.campaigns_of(remote.id)]
        if names and not self._recreating.force:
            yield (
                f"a campaign calls with it, and cannot be given another assistant: "
                f"{', '.join(names)}; wait until it is completed, or go on with --force-recreate"
            )

    def _begun(self, definition: Definition, remote: Remote) -> Iterator[str]:
        """A twin that nobody manages is what an unfinished recreate leaves behind."""
        named = "name" in definition.fields and "name" not in definition.sync.ignore
        name = definition.name if named else remote.name
        for twin in self._unmanaged:
            if twin.name == name:
                hint = finish_hint(definition, [twin, remote], self._options)
                yield (
                    f"{twin.id} has its name, too, beside {remote.id}{hint}; else rename one of "
                    "them in the dashboard"
                )

    def _in_vain(
        self, definition: Definition, found: Match, remote: Remote, comparison: Comparison
    ) -> Iterator[str]:
        if self._recreating.force:
            return
        changes = comparison.changes
        missed = self._recreating.vain.get(difference(definition.key, changes))
        if missed is not None:
            paths = ", ".join(missed or _fields(comparison))
            yield (
                f"it was recreated for this very difference, and the service did not take it: "
                f"{paths}; correct the definition, leave it to the dashboard with "
                f"`sync: {{ignore: [{paths}]}}`, or try once more with --force-recreate"
            )
        if found.superseded and _is_same(found.superseded[0], remote):
            paths = ", ".join(_fields(comparison))
            yield (
                f"it equals the one before it, {found.superseded[0].id}, so a recreate seems to "
                f"change nothing: {paths}; leave it to the dashboard with "
                f"`sync: {{ignore: [{paths}]}}`, or try once more with --force-recreate"
            )


def _flows(definition: Definition, remote: Remote) -> Iterator[str]:
    """Only what stands alone can be made anew: lists hide parts, and flows have edges."""
    kind = remote.data.get("type")
    if kind not in _STANDALONE:
        yield (
            f"it is of type {kind}, and the transitions of its flow cannot be copied; change "
            "it in the dashboard, or in place"
        )
    wanted = definition.fields.get("type")
    if wanted not in _STANDALONE and "type" not in definition.sync.ignore:
        yield (
            f"it would become of type {wanted}, which is not made anew; change it in the "
            "dashboard, or leave it there with `sync: {ignore: [type]}`"
        )


def _is_same(before: Remote, remote: Remote) -> bool:
    """Whether two assistants hold the same in every field."""
    names = [name for name in FIELDS if name != "faq_items"]
    same = all(before.data.get(name) == remote.data.get(name) for name in names)
    return same and before.faq == remote.faq


def _fields(comparison: Comparison) -> tuple[str, ...]:
    return tuple(dict.fromkeys(change.field for change in comparison.changes))


def needs_rebind(definition: Definition, old_id: str) -> str:
    """Say why a bound definition is not recreated without being asked."""
    return (
        f"it is bound to {old_id} (sync.id), and a new assistant has another id; allow that with "
        f"--rebind, which writes the new id into {definition.file}"
    )


def finish_hint(definition: Definition, twins: Sequence[Remote], options: str) -> str:
    """Say how a recreate is finished that ended half-way on another machine, in one of ``twins``.

    Of two, the older one is to be retired. ``options`` name the account in a command.
    """
    ranked = newest_first(twins) if len(twins) == _TWO else None
    old, more = (ranked[-1].id, "") if ranked else ("OLD", ", where OLD is the one to retire")
    return (
        "; or, if a recreate ended half-way, finish it with "
        f"`revox-sync apply{options} {argument(definition.key)} --finish-recreate {old}`{more}"
    )
