"""A plan for a comment on a pull request, in GitHub's markdown.

GitHub takes no more than 65,536 characters. A page that would be longer is told again with less
detail, step by step, until it fits; the counts are always there, and so is the name of every
assistant that is not left as it is. Only when not even their keys fit (some 2,500 of 20
characters), those that do not are counted.

Texts of others are never markup (``safe.py``). The first line is hidden and names the
environment: whoever posts the page finds the comment of an earlier run by it, and updates that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from revox_sync.plan.model import Action, Plan, Recreation
from revox_sync.render.detail import NAMES_ONLY, Detail
from revox_sync.render.digest import Digest, Shared, digest
from revox_sync.render.markdown_changes import render_pieces
from revox_sync.render.markdown_lists import render_names, render_remarks, render_table
from revox_sync.render.safe import LONGEST_NAME, code, cut, harmless, html_code
from revox_sync.render.summary import (
    assistants,
    counts_of,
    has_origins,
    is_told,
    kind_of,
    options_of,
    origin_counts,
    see,
    target_of,
    unmanaged_of,
    view_of,
    what_now,
)

#: Bytes of a page, unless told otherwise: below GitHub's limit for a comment, with some room.
LIMIT = 65_000

_UNCHANGED = "unchanged lines"
_LONG = f"{_UNCHANGED} and the rest of long texts"
_BLOCKS = (16_000, 8_000, 4_000, 2_000, 1_000, 500, 250, 120)
_STEPS = (
    Detail(),
    Detail(context=0, left_out=_UNCHANGED),
    *(Detail(context=0, block=block, left_out=_LONG) for block in _BLOCKS),
    Detail(context=0, block=_BLOCKS[-1], answers=False, left_out=f"answers, {_LONG}"),
    Detail("lines", left_out="texts and values"),
    Detail("table", left_out="all values"),
    Detail("list", left_out="remarks and all values"),
    Detail("keys", left_out="names, remarks and all values"),
    Detail("bare", left_out="what changes, names, remarks and all values"),
)


def render_markdown(
    plan: Plan,
    *,
    limit: int = LIMIT,
    drift: bool = False,
    unmanaged: bool = True,
    details_url: str | None = None,
) -> str:
    """Return the plan as a page of at most ``limit`` bytes of UTF-8.

    Its first line tells the comments of several environments apart. ``details_url`` is where the
    whole plan can be read; without it the page names the command that shows it. With ``drift`` and
    ``unmanaged`` it is told as in the terminal view.
    """
    page = _Page(plan, drift, unmanaged, details_url)
    for detail in _STEPS:
        found = _fitting(page.lines(detail), limit)
        if found is not None:
            return found
    return _fewest(page, limit)


def _fewest(page: _Page, limit: int) -> str:
    """Return the page with as many keys as fit, or its first lines as far as they do."""
    low, high, best = 0, len(page.told), ""
    while low <= high:
        middle = (low + high) // 2
        found = _fitting(page.lines(_STEPS[-1], most=middle), limit)
        if found is None:
            high = middle - 1
        else:
            low, best = middle + 1, found
    head = "\n".join(harmless(line) for line in page.head(_STEPS[-1]))
    return best or head.encode()[:limit].decode(errors="ignore")


def _fitting(lines: Iterable[str], limit: int) -> str | None:
    """Return lines as a page without double blank lines; None where it would be too long."""
    page: list[str] = []
    size = 0
    for line in lines:
        if not line and page and not page[-1]:
            continue
        shown = harmless(line)
        page.append(shown)
        size += len(shown.encode()) + 1
        if size > limit:
            return None
    return "\n".join(page) + "\n"


class _Page:
    """One plan, to be told in more or less detail."""

    def __init__(
        self,
        plan: Plan,
        drift: bool,
        unmanaged: bool,
        details_url: str | None,
    ) -> None:
        self._plan = plan
        self._environment = plan.target.environment
        self._view = view_of(plan, drift=drift)
        self._unmanaged = unmanaged
        self._details_url = details_url
        self._origins = has_origins(plan)
        self._digest: Digest = digest(plan)
        self.told = [action for action in plan.actions if is_told(action)]

    def lines(self, detail: Detail, *, most: int | None = None) -> Iterator[str]:
        """Yield the lines of the page; at most the first ``most`` assistants are named."""
        yield from self.head(detail)
        yield from render_remarks(self._plan, detail, self._view)
        if detail.form in NAMES_ONLY:
            yield from render_names(self.told, detail, self._view, most=most)
            return
        yield from render_table(self.told, self._view)
        if detail.form != "table":
            for shared in self._digest.shared:
                yield from self._shared(shared, detail)
            for action in self.told:
                yield from self._section(action, detail)
        yield from self._others(detail)

    def head(self, detail: Detail) -> Iterator[str]:
        """Yield the marker, the counts, the account, and what is left out."""
        name = re.sub(r"[^A-Za-z0-9._-]", "-", self._environment or "default")[:100]
        yield f"<!-- revox-sync: {self._view} {name} -->"
        yield from (f"## {counts_of(self._plan, self._view)}", "")
        target, organization = target_of(self._plan)
        of = [
            f"{'commit' if self._view == 'diff' else 'account'} {code(cut(target, LONGEST_NAME))}"
        ]
        if self._environment is not None:
            of.insert(0, f"environment {code(cut(self._environment, LONGEST_NAME))}")
        if organization:
            of.append(f"organization {code(cut(organization, LONGEST_NAME))}")
        of += [] if self._view == "diff" else [f"profile {self._plan.target.profile}"]
        if self._plan.choices.base is not None:
            of.append(f"compared with commit {code(self._plan.choices.base[:12])}")
        line = f"{', '.join(of)}."
        yield f"{line[0].upper()}{line[1:]}"
        if self._view == "drift" and self._plan.has_drift:
            yield from (
                "",
                "Before and `-` are what the account holds, after and `+` the definition.",
            )
        overwritten = origin_counts(self._plan)
        yield from (["", f"**{overwritten}**"] if overwritten else [])
        if detail.left_out:
            yield from (
                "",
                f"Shortened to fit here: {detail.left_out} are left out. {self._whole()}",
            )
        elif self._details_url:
            yield from ("", self._whole())

    def _whole(self) -> str:
        if self._details_url:
            return f"All of it: <{self._details_url}>"
        ref = f" {target_of(self._plan)[0]}" if self._view == "diff" else ""
        command = f"revox-sync {self._view}{options_of(self._plan)}{ref}"
        return f"{code(command)} shows all of it."

    def _shared(self, shared: Shared, detail: Detail) -> Iterator[str]:
        keys = ", ".join(code(action.key) for action in shared.actions)
        yield from (
            "",
            f"### [{shared.number}] Alike in {assistants(len(shared.actions))}",
            "",
            keys,
        )
        yield from render_pieces(shared.pieces, shared.actions[0], detail, origins=self._origins)

    def _section(self, action: Action, detail: Detail) -> Iterator[str]:
        own = self._digest.own[action.key]
        refers = self._digest.refers.get(action.key, ())
        now = what_now(action, self._plan) if self._view == "drift" else None
        if not (own or refers or action.recreate or now):
            return
        kind = kind_of(action, self._view)
        told = f"{kind[0].upper()}{kind[1:]}"
        told += f", {code(cut(action.id, LONGEST_NAME))}" if action.id else ""
        body = [*self._about(action), *render_pieces(own, action, detail, origins=self._origins)]
        if action.action == "create" or action.refused is not None:
            yield from (
                "",
                f"<details><summary>{html_code(action.key)} {kind}</summary>",
                "",
                *body,
                "",
                "</details>",
            )
            return
        yield from (
            "",
            f"### {code(action.key)} {code(cut(action.name, LONGEST_NAME))}",
            "",
            f"{told}{see(refers)}.",
            *body,
        )

    def _about(self, action: Action) -> Iterator[str]:
        if action.recreate is not None and self._view != "drift":
            yield from ("", _recreation(action.recreate))
        now = what_now(action, self._plan) if self._view == "drift" else None
        if now is not None:
            command = f"{code(cut(now.command, LONGEST_NAME * 2))} {now.effect}"
            way = f" {code(cut(now.keep, LONGEST_NAME * 2))} writes it into" if now.keep else ""
            file = code(cut(now.file, LONGEST_NAME))
            yield from ("", f"{command}; {now.otherwise}{way} {file}.")

    def _others(self, detail: Detail) -> Iterator[str]:
        """Count the assistants that no definition describes, and name them where there is room."""
        found = self._plan.unmanaged
        if not found:
            return
        heading = f"{unmanaged_of(self._view)}: {assistants(len(found))}"
        if detail.form != "whole" or not self._unmanaged:
            way = "" if self._unmanaged else " (`--unmanaged` lists them)"
            yield from ("", f"{heading}{way}.")
            return
        yield from ("", f"<details><summary>{heading}</summary>", "")
        for other in found:
            name, identity = cut(other.name, LONGEST_NAME), cut(other.id, LONGEST_NAME)
            yield f"- {code(name)} {code(identity)}"
        yield from ("", "</details>")


def _recreation(found: Recreation) -> str:
    """Say why a new assistant, and what becomes of the old one."""
    fate = "is deleted" if found.retire == "delete" else "is kept, superseded"
    told = f"Why: {code(cut(found.why, LONGEST_NAME))}. "
    if found.new_id:
        told += f"The new one, {code(cut(found.new_id, LONGEST_NAME))}, is there already. "
    named = f"{code(cut(found.old_name, LONGEST_NAME))} " if found.old_name else ""
    told += f"The old one, {named}{code(cut(found.old_id, LONGEST_NAME))}, {fate}."
    if found.phone_numbers:
        numbers = ", ".join(code(cut(number, LONGEST_NAME)) for number in found.phone_numbers)
        told += f" Phone numbers that move along: {numbers}."
    return told
