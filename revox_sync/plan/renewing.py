"""What is to be done where an assistant is replaced by a new one, or half has been already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.plan.compare import Comparison, Rules, compare
from revox_sync.plan.match import Match
from revox_sync.plan.model import Recreation
from revox_sync.plan.obstacles import Obstacles, finish_hint
from revox_sync.plan.origin import Origins
from revox_sync.plan.recreate import Recreating, is_recreated, triggers, whole_body


@dataclass(frozen=True, slots=True)
class Renewal:
    """A recreate to begin or to finish: what changes, what stands against it, how it goes."""

    comparison: Comparison
    refused: str | None
    recreation: Recreation


class Renewing:
    """Says for each definition whether its assistant is replaced by a new one."""

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
        self._obstacles = Obstacles(uses, rules, recreating, unmanaged, options)

    def of(
        self,
        definition: Definition,
        found: Match,
        comparison: Comparison,
        origins: Origins | None,
    ) -> Renewal | None:
        """Return what is to be done; None where nothing of a recreate is.

        ``comparison`` is with the assistant that was found.
        """
        differs = triggers(comparison)
        old = found.old or (None if differs else self._left_behind(definition, found))
        if old is not None and not (differs and old.id in self._recreating.kept):
            return self._finish(definition, found, old, comparison)
        if differs and is_recreated(definition, self._recreating):
            return self._begin(definition, found, origins)
        return None

    def _begin(self, definition: Definition, found: Match, origins: Origins | None) -> Renewal:
        remote = found.remote
        assert remote is not None  # noqa: S101 - the caller has one
        comparison = compare(definition, remote, self._rules, recreate=True, origins=origins)
        lost = whole_body(definition, remote, self._rules)[1]
        if lost and self._recreating.force:
            note = f"lost with the old assistant (--force-recreate): {', '.join(lost)}"
            comparison = replace(comparison, notes=(*comparison.notes, note))
            lost = []
        refused = self._obstacles.of(definition, found, comparison, lost)
        how = "--recreate" if definition.key in self._recreating.keys else "replace: recreate"
        return Renewal(comparison, refused, self._recreation(how, remote, None))

    def _finish(
        self, definition: Definition, found: Match, old: Remote, comparison: Comparison
    ) -> Renewal:
        """Return how a recreate ends whose new assistant exists."""
        new = found.remote
        assert new is not None  # noqa: S101 - the caller has one
        waiting = old.faq.open_questions if old.faq is not None else ()
        notes = tuple(
            f'faq_items: recreating the assistant drops the open question "{question}"'
            for question in waiting
        )
        recorded = old is found.old
        refused = self._obstacles.of_finish(definition, old, new, comparison, recorded=recorded)
        if recorded and not self._is_known(definition, old):
            refused = (
                f'a record says that {old.id}, "{old.name}", is its predecessor, but no definition '
                "names that one, and it is not as the record found it; if it is, retire it with "
                f"--finish-recreate {old.id}"
            )
        if old in found.former and self._recreating.retire == "delete":
            hint = finish_hint(definition, [old, new], self._options)
            refused = (
                f"{old.id} still has its earlier name, {old.name}, beside {new.id}{hint}; else "
                "take renamed_from out of the definition"
            )
        why = "an earlier run made the new one and did not finish"
        left = Comparison(notes=notes, open_questions=waiting, basis={})
        return Renewal(left, refused, self._recreation(why, old, new.id))

    def _is_known(self, definition: Definition, old: Remote) -> bool:
        """Whether more than a record says that an assistant was the definition's.

        A record is no reason to delete what no definition names.
        """
        if old.id in (definition.sync.id, *self._recreating.asked):
            return True
        snapshot = self._recreating.snapshots.get(old.id)
        named = old.name in (definition.name, definition.sync.renamed_from)
        return named or (snapshot is not None and snapshot.shows(old))

    def _recreation(self, why: str, old: Remote, new_id: str | None) -> Recreation:
        moved = sorted(number.number for number in self._uses.numbers_of(old.id))
        return Recreation(
            why, old.id, new_id, self._recreating.retire or "delete", tuple(moved), old.name
        )

    def _left_behind(self, definition: Definition, found: Match) -> Remote | None:
        """Return an earlier assistant that was to be retired, as far as the account tells.

        A kept one that still answers a phone number is, and, where old ones are deleted, one that
        has the earlier name of a recreated definition.
        """
        earlier = found.superseded
        if is_recreated(definition, self._recreating):
            earlier = (*earlier, *found.former)
        if self._recreating.retire == "delete":
            return next(iter(earlier), None)
        return next((old for old in earlier if self._uses.numbers_of(old.id)), None)
