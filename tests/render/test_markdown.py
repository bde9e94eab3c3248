"""A plan as a comment on a pull request: what a reviewer reads, and what never comes alive."""

from __future__ import annotations

import pytest
from reading_markdown import codes, faults
from scenes import HOSTILE, everything, hostile, nothing, reset
from scenes_views import alike, conflicts, heard, in_environment, plan_of, renewed, replaced, since

from revox_sync.plan.model import Change, Plan
from revox_sync.render.markdown import LIMIT, render_markdown

#: What acts on GitHub, wherever it is allowed to.
ALIVE = (
    "@octocat @org/team please",
    "closes #1, fixes octo/repo#2, resolves GH-3 and OPS-4",
    "see 0123abc and a5c3785ed8d6a35868bc169f07e40e889087fd2e and deadbeef",
    "https://example.com www.example.com mailto:a@example.com",
    "[a](https://example.com) ![b](https://example.com/x.png) <https://example.com>",
    "<b>bold</b> <script>x</script> <img src=x onerror=y> &lt;",
    "<!-- revox-sync: plan default -->",
    "<!--revox-sync: plan production -->",
    "</details></summary>",
    ":tada: :+1: $x^2$ $`y`$ [^1] - [x] done",
    "# heading\n## two\nsetext\n===\nother\n---\n> quote\n1. one\n- [ ] task\n\n    code",
    "```\nout @octocat\n~~~\n````diff\n`` ` ```` ``",
    "` `` ``` ```` @octocat",
    "| a | b \\| c \\\\| d |\n|---|---|",
    "*a* _b_ **c** __d__ ~~e~~ \\@octocat \\",
    "[id]: https://example.com\n[id] [^1]: note",
    "::error::x\n  ::warning::y\n##[group]z ##vso[task.x]",
)

PLANS = {
    "everything": everything,
    "alike": alike,
    "heard": heard,
    "conflicts": conflicts,
    "renewed": renewed,
    "reset": reset,
    "nothing": nothing,
    "since": since,
    "hostile": hostile,
    "alive": lambda: hostile(ALIVE),
}


@pytest.mark.parametrize(
    ("drift", "limits"), [(False, (LIMIT * 100, 20_000)), (True, (LIMIT, 8_000))]
)
@pytest.mark.parametrize("name", PLANS)
def test_nothing_in_an_assistant_comes_alive(
    name: str, drift: bool, limits: tuple[int, int]
) -> None:
    plan = PLANS[name]()
    for page in {render_markdown(plan, drift=drift, limit=limit) for limit in limits}:
        assert faults(page) == []


@pytest.mark.parametrize("text", [*ALIVE, *HOSTILE])
def test_one_text_alone_comes_not_alive_in_any_place(text: str) -> None:
    assert faults(render_markdown(hostile([text]))) == []


def test_the_first_line_names_the_environment_and_is_not_seen() -> None:
    page = render_markdown(in_environment(nothing(), "production"))
    assert page.startswith("<!-- revox-sync: plan production -->\n## Plan: ")
    assert render_markdown(nothing()).startswith("<!-- revox-sync: plan default -->\n")
    assert render_markdown(nothing(), drift=True).startswith("<!-- revox-sync: drift default -->\n")


def test_the_name_of_an_environment_forges_nothing() -> None:
    page = render_markdown(in_environment(nothing(), "x --> <b>@octocat"))
    assert page.startswith("<!-- revox-sync: plan x------b--octocat -->\n")
    assert faults(page) == []


def test_commands_name_the_environment() -> None:
    here = in_environment(everything(), "stage 1")
    drift = render_markdown(here, drift=True)
    assert "revox-sync apply --env 'stage 1' " in drift
    assert "revox-sync apply hotel" not in drift
    assert "`revox-sync plan --env 'stage 1'` shows all of it." in render_markdown(here, limit=3000)


def test_the_whole_plan_is_where_it_was_said_to_be() -> None:
    url = "https://ci.example.com/runs/7?a=1&b=2"
    page = render_markdown(everything(), details_url=url)
    assert f"All of it: <{url}>" in page
    assert faults(page, link=url) == []


def test_white_space_that_changed_is_seen() -> None:
    page = render_markdown(_texts("one\n  \nend", "one\n\nend"))
    assert "\n-··\n+\n" in page


def test_a_name_with_bars_stays_in_its_cell() -> None:
    page = render_markdown(plan_of(replaced("a|b", Change("voice.speed", "change", 1, 2))))
    assert faults(page) == []
    assert "a|b" in codes(page)


def _texts(before: str, after: str) -> Plan:
    return plan_of(replaced("a", Change("prompt", "change", before, after)))
