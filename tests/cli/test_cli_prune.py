"""``prune``: what git no longer defines is deleted, unless anything speaks against that."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk, MakeDesk

from revox_sync.account.uses import Uses
from revox_sync.apply import delete as deleting
from revox_sync.files import git
from revox_sync.operations import apply as applying
from revox_sync.operations import plan as planning
from revox_sync.plan import prune
from revox_sync.plan.model import Comparison

pytestmark = pytest.mark.usefixtures("hurried")

BASE = ("--base", "HEAD")
PRUNE = (*BASE, "--prune")
FILE = "assistants/b.yaml"


def commit(desk: Desk) -> Repository:
    """Make a repository of the project as it is."""
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    repository.commit()
    return repository


def remove(desk: Desk, held: Mapping[str, Any] = MappingProxyType({}), **stated: Any) -> str:
    """Define and commit two assistants, a and b, and remove the definition of b; return its id."""
    ids = {name: desk.service.add(name, **held) for name in ("a", "b")}
    for name in ids:
        desk.project.define(name, **{"prompt": "Be kind.", **stated})
    commit(desk)
    desk.project.remove("b")
    return ids["b"]


@pytest.fixture
def removed(desk: Desk) -> tuple[Desk, str]:
    """Two definitions, of which one is gone since the commit."""
    return desk, remove(desk)


def deletion(desk: Desk, *arguments: str) -> dict[str, Any]:
    """Return the only deletion of a plan."""
    actions = desk.plan(*(arguments or PRUNE))["actions"]
    (found,) = [action for action in actions if action["action"] == "delete"]
    made: dict[str, Any] = found
    return made


def assert_refused(desk: Desk, why: str, *arguments: str) -> None:
    """Fail unless the plan and apply refuse the deletion, and the plan says why."""
    arguments = (*PRUNE, *arguments)
    assert why in (deletion(desk, *arguments)["refused"] or "")
    assert desk.apply(*arguments).code == 3
    assert desk.service.writes == []


def test_what_git_no_longer_defines_is_deleted(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    made = desk.plan(*PRUNE)
    assert made["summary"]["delete"] == 1
    assert made["options"]["prune"] is True
    assert made["unmanaged"] == []
    found = deletion(desk)
    assert (found["key"], found["name"], found["id"]) == ("b", "b", identity)
    assert (found["file"], found["refused"]) == (FILE, None)
    for view in ((), ("--format", "markdown")):
        told = desk.run("plan", *PRUNE, *view).out
        assert "1 to delete" in told
        assert f'its assistant "b" ({identity}) is deleted' in told.replace("`", "").replace(
            "\\", ""
        )
        assert "stays in the account" not in told
    assert desk.run("plan", *PRUNE, "--detailed-exitcode").code == 2
    seen: list[Any] = []
    desk.service.on("DELETE", edit=lambda: seen.append(desk.records[-1].snapshots["b"]))
    result = desk.apply(*PRUNE)
    assert result.code == 0, result.said
    assert f'deleted  b  "b"  {identity}' in result.out
    assert identity not in desk.service.assistants
    assert [one.method for one in desk.service.writes] == ["DELETE"]
    assert seen[0]["remote"]["prompt"] == "Be kind."
    assert desk.apply(*PRUNE).code == 0
    assert len(desk.service.writes) == 1


def test_the_project_says_so_for_plan_and_apply(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.project.write("revox-sync.yaml", "prune: true\n")
    assert deletion(desk, *BASE)["id"] == identity
    assert desk.plan()["summary"]["delete"] == 0
    assert desk.run("drift", *BASE).code == 0
    assert desk.apply(*BASE).code == 0
    assert identity not in desk.service.assistants


def test_it_is_true_or_false(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    desk.project.write("revox-sync.yaml", "prune: perhaps\n")
    result = desk.apply(*BASE)
    assert result.code == 1
    assert "`prune` wants true or false" in result.err
    desk.project.write("revox-sync.yaml", "prune: false\n")
    assert desk.apply(*BASE).code == 0
    assert desk.service.writes == []


def test_nothing_is_deleted_without_it_or_without_a_base(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    assert desk.apply(*BASE).code == 0
    for verb in ("plan", "apply"):
        result = desk.run(verb, "--prune")
        assert result.code == 64
        assert "--prune needs --base" in result.err
    assert desk.service.writes == []


def test_whoever_names_keys_prunes_nothing(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    assert desk.apply(*PRUNE, "a").code == 0
    assert desk.service.writes == []


def test_a_saved_plan_deletes_what_was_reviewed(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.run("plan", *PRUNE, "--out", "p.json")
    assert "1 to delete" in desk.run("show", "p.json").out
    assert desk.apply("p.json").code == 0
    assert identity not in desk.service.assistants
    assert desk.apply("p.json").code == 0


def test_a_saved_plan_deletes_nothing_that_was_not_in_it(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    desk.run("plan", *PRUNE, "--out", "p.json")
    desk.project.remove("a")
    desk.service.add("c")
    desk.project.define("c", prompt="Be kind.")
    result = desk.apply("p.json")
    assert result.code == 4
    assert [one.path for one in desk.service.sent("DELETE")] != []
    assert [found["name"] for found in desk.service.assistants.values()] == ["a", "c"]


def test_one_that_is_defined_again_or_renamed_is_not_deleted(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.run("plan", *PRUNE, "--out", "p.json")
    desk.project.define("b", prompt="Be kind.")
    assert desk.apply("p.json").code == 0
    desk.project.remove("b")
    desk.service.edit(identity, name="b, kept")
    result = desk.apply("p.json")
    assert result.code == 3
    assert "not to be deleted any more" in result.out
    assert desk.service.writes == []


def test_nobody_confirms_without_a_terminal(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    assert desk.run("apply", *PRUNE).code == 3
    assert desk.service.writes == []


# The limit.


@pytest.mark.parametrize(
    ("limits", "count", "code"),
    [("", 3, 0), ("", 4, 3), ("limits: {delete: 1}\n", 2, 3), ("limits: {delete: 4}\n", 4, 0)],
)
def test_at_most_three_are_deleted_unless_a_limit_says_otherwise(
    desk: Desk, limits: str, count: int, code: int
) -> None:
    names = [f"n{number}" for number in range(count + 1)]
    for name in names:
        desk.service.add(name, prompt=f"I am {name}.")
        desk.project.define(name, prompt=f"I am {name}.")
    commit(desk)
    for name in names[1:]:
        desk.project.remove(name)
    desk.project.write("revox-sync.yaml", f"prune: true\n{limits}")
    assert desk.run("plan", *BASE).code == code
    result = desk.apply(*BASE)
    assert result.code == code
    assert len(desk.service.sent("DELETE")) == (count if code == 0 else 0)
    if code:
        assert "--over-limit delete" in result.err
        assert desk.apply(*BASE, "--over-limit", "delete").code == 0


# Refusals. Each is told in the plan, and holds again just before the DELETE.


def _dial(desk: Desk, identity: str) -> None:
    desk.service.dial("+33159169001", identity)


def _campaign(desk: Desk, identity: str) -> None:
    desk.service.call_with(identity, "Spring", remaining=2, pending=1)


def _call(desk: Desk, identity: str) -> None:
    desk.service.wait_for(identity)


def _edit(desk: Desk, identity: str) -> None:
    desk.service.edit(identity, prompt="Somebody's.")


def _rename(desk: Desk, identity: str) -> None:
    desk.service.edit(identity, name="b, old")


def _unreadable(path: str) -> Callable[[Desk, str], None]:
    def break_(desk: Desk, _: str) -> None:
        method = "POST" if path == "/call/search" else "GET"
        desk.service.on(method, path, times=None, status=403)

    return break_


USED: dict[str, tuple[Callable[[Desk, str], None], str]] = {
    "a phone number": (_dial, "phone number +33159169001"),
    "a campaign": (_campaign, "a campaign calls with it: Spring"),
    "a waiting call": (_call, "1 call waits for it"),
    "numbers that cannot be read": (_unreadable("/phone-numbers"), "cannot be told"),
    "campaigns that cannot be read": (_unreadable("/campaigns"), "cannot be told"),
    "calls that cannot be read": (_unreadable("/call/search"), "cannot be told"),
    "an edit": (_edit, "edited outside git: prompt"),
}


@pytest.mark.parametrize("what", USED)
def test_it_is_refused(removed: tuple[Desk, str], what: str) -> None:
    desk, identity = removed
    happen, told = USED[what]
    happen(desk, identity)
    assert_refused(desk, told)
    assert desk.plan(*PRUNE)["summary"]["delete"] == 0
    result = desk.run("plan", *PRUNE)
    assert result.code == 3
    assert told in " ".join(result.out.split())


@pytest.mark.parametrize("what", [*USED, "another name"])
def test_it_is_refused_where_that_comes_after_the_plan(
    removed: tuple[Desk, str], what: str
) -> None:
    desk, identity = removed
    happen, _ = USED.get(what, (_rename, ""))
    desk.run("plan", *PRUNE, "--out", "p.json")
    # The first read of the assistant alone is the one just before the DELETE.
    desk.service.on("GET", f"/assistants/{identity}", edit=lambda: happen(desk, identity))
    result = desk.apply("p.json")
    assert result.code in (3, 4)
    assert desk.service.sent("DELETE") == []


def test_what_is_set_beside_the_definition_after_the_review_is_refused(
    removed: tuple[Desk, str],
) -> None:
    desk, identity = removed
    desk.run("plan", *PRUNE, "--out", "p.json")
    desk.service.edit(identity, voicemail_message="Hi")
    assert "never defined: voicemail_message" in deletion(desk)["notes"][1]
    assert desk.apply("p.json").code == 3
    desk.run("plan", *PRUNE, "--out", "p.json")
    edited = {"sms_template": "Hi"}
    desk.service.on(
        "GET", f"/assistants/{identity}", edit=lambda: desk.service.edit(identity, **edited)
    )
    assert desk.apply("p.json").code == 3
    desk.run("plan", *PRUNE, "--out", "p.json")
    edited |= {"sms_template": None}
    desk.service.on(
        "GET", f"/assistants/{identity}", edit=lambda: desk.service.edit(identity, **edited)
    )
    told = desk.apply("p.json").out
    assert "changed in the account since the plan was made: what was never defined" in told
    assert desk.service.writes == []


def test_a_sub_assistant_is_refused(desk: Desk) -> None:
    """Nobody can tell which flows lead to it."""
    identity = desk.service.add("b", type="sub-assistant")
    desk.project.define("a")
    desk.service.add("a")
    desk.project.define("b", type="sub-assistant", prompt="Be kind.", sync={"id": identity})
    commit(desk)
    desk.project.remove("b")
    assert_refused(desk, "it is a sub-assistant")


def test_a_faq_that_the_account_does_not_tell_refuses(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False)
    remove(desk, faq_items=[])
    assert_refused(desk, "does not tell its FAQ")


def test_a_faq_that_only_reading_by_id_tells_is_compared(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False)
    identity = remove(desk, faq_items=[])
    desk.service.edit(identity, faq_items=[{"question": "Dogs?", "answer": "Yes."}])
    assert_refused(desk, "edited outside git: faq_items")
    desk.service.edit(identity, faq_items=[])
    assert desk.apply(*PRUNE).code == 0
    assert identity not in desk.service.assistants


@pytest.mark.parametrize("absent", ["report", "keep", "reset"])
def test_what_the_definition_left_out_is_told_or_under_reset_an_edit(
    desk: Desk, absent: str
) -> None:
    desk.project.write("revox-sync.yaml", f"absent: {absent}\nprune: true\n")
    desk.service.edit(remove(desk), voicemail_message="Hi")
    found = deletion(desk, *BASE)
    if absent == "reset":
        assert "edited outside git: voicemail_message" in found["refused"]
    else:
        assert ("voicemail_message" in " ".join(found["notes"])) == (absent == "report")
    assert desk.apply(*BASE).code == (3 if absent == "reset" else 0)


def test_a_base_that_cannot_be_read_as_a_whole_refuses(desk: Desk) -> None:
    desk.project.write("assistants/broken.yaml", "name: [\n")
    remove(desk)
    desk.project.remove("broken")
    assert_refused(desk, "nobody can tell whether git removed its definition")


def test_what_came_to_the_base_after_this_branch_was_made_is_refused(desk: Desk) -> None:
    desk.service.add("a")
    desk.project.define("a", prompt="Be kind.")
    repository = commit(desk)
    repository.git("branch", "mine")
    desk.service.add("b")
    desk.project.define("b", prompt="Be kind.")
    repository.commit("A colleague's")
    repository.git("checkout", "-q", "mine")
    assert_refused(desk, "is not in the history of what is checked out", "--base", "main")


@pytest.mark.parametrize("moved", ["b", "moved/b"])
def test_what_a_sparse_checkout_leaves_out_is_not_removed(desk: Desk, moved: str) -> None:
    remove(desk)
    repository = commit(desk)
    desk.project.define(moved, name="b", prompt="Be kind.")
    repository.commit("Bring it back")
    repository.git("sparse-checkout", "set", "--no-cone", "/assistants/a.yaml")
    missing = f"this checkout is sparse: it leaves out assistants/{moved}.yaml"
    assert_refused(desk, missing, "--base", "HEAD~2")


@pytest.mark.parametrize(("key", "name"), [("b", "b"), ("moved/b", "b"), ("moved/b", "b\u200b")])
def test_one_that_only_left_this_environment_is_refused(desk: Desk, key: str, name: str) -> None:
    desk.project.write("revox-sync.yaml", "environments: {staging: {}, production: {}}\n")
    remove(desk)
    desk.project.define(key, name=name, prompt="Be kind.", sync={"environments": ["staging"]})
    why = "still defined in another environment: staging"
    assert_refused(desk, why, "--env", "production")


def test_another_environment_that_cannot_be_read_refuses(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "environments: {staging: {}, production: {}}\n")
    remove(desk)
    desk.project.write(
        "revox-sync.yaml",
        "environments: {staging: {}, production: {vars: {x: Be kind.}}}\n",
    )
    desk.project.define("a", prompt="${var.x}")
    assert_refused(desk, "environment staging cannot be read", "--env", "production")


@pytest.mark.parametrize(
    "sync", [{"id": True}, {"renamed_from": "b"}], ids=["bound", "renamed_from"]
)
def test_one_that_another_definition_describes_is_never_deleted(
    removed: tuple[Desk, str], sync: dict[str, Any]
) -> None:
    desk, identity = removed
    stated = {name: identity if value is True else value for name, value in sync.items()}
    desk.project.define("c", name="The new name", prompt="Be kind.", sync=stated)
    result = desk.apply(*PRUNE)
    assert desk.service.sent("DELETE") == [], result.said
    assert identity in desk.service.assistants


def test_one_that_another_definition_names_as_its_earlier_name_is_refused(
    removed: tuple[Desk, str],
) -> None:
    desk, _ = removed
    desk.project.define("a", prompt="Be kind.", sync={"renamed_from": "b"})
    assert_refused(desk, "had this name")


@pytest.mark.parametrize(
    "stated",
    [{"name": "New"}, {"name": "B", "prompt": "Other."}, {"name": "New", "prompt": "Other."}],
    ids=["prompt", "name", "nothing"],
)
def test_a_new_definition_may_be_it_under_another_name(desk: Desk, stated: dict[str, Any]) -> None:
    for name in ("a", "b"):
        desk.service.add(name, prompt=f"I am {name}.")
        desk.project.define(name, prompt=f"I am {name}.")
    commit(desk)
    desk.project.remove("b")
    desk.project.define("c", **{"prompt": "I am b.", **stated})
    assert_refused(desk, "c is new, so it may be this one renamed")
    assert desk.apply(*PRUNE, "--allow-create", "c").code == 0
    assert sorted(one.method for one in desk.service.writes) == ["DELETE", "POST"]


def test_a_key_that_stands_for_another_assistant_deletes_nothing(removed: tuple[Desk, str]) -> None:
    desk, _ = removed
    desk.service.add("Other", prompt="Other.")
    desk.project.define("b", name="Other", prompt="Other.")
    result = desk.apply(*PRUNE)
    assert result.code == 0
    assert desk.service.writes == []


def test_two_of_its_name_are_refused_with_their_ids(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    other = desk.service.add("b", prompt="Other.")
    assert_refused(desk, f"{identity}, {other}")
    assert deletion(desk)["id"] is None
    desk.run("plan", *PRUNE, "--out", "p.json")
    assert other in desk.run("show", "p.json").out


def test_one_that_two_definitions_of_the_base_describe_is_refused(desk: Desk) -> None:
    identity = desk.service.add("b")
    desk.service.add("a")
    desk.project.define("a", prompt="Be kind.")
    desk.project.define("b", prompt="Be kind.")
    desk.project.define("c", name="c", prompt="Be kind.", sync={"id": identity})
    commit(desk)
    desk.project.remove("b")
    desk.project.remove("c")
    assert desk.apply(*PRUNE).code == 3
    assert desk.service.writes == []


def test_one_that_is_gone_already_is_no_action(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.service.delete(identity)
    assert desk.plan(*PRUNE)["summary"]["delete"] == 0
    assert desk.apply(*PRUNE).code == 0
    assert desk.service.writes == []


def test_a_secret_that_is_not_set_refuses_the_apply(desk: Desk) -> None:
    url = "https://h.example.com/?token="
    held = {"webhook_url": f"{url}s3cret-abcdef"}
    remove(desk, held, webhook_url=f"{url}${{secret.TOKEN}}")
    assert deletion(desk)["unset_secrets"] == ["TOKEN"]
    result = desk.apply(*PRUNE)
    assert result.code == 3
    assert "REVOX_SECRET_TOKEN is not set" in result.out
    assert desk.service.writes == []
    desk.env["REVOX_SECRET_TOKEN"] = "s3cret-abcdef"
    assert desk.apply(*PRUNE).code == 0
    assert "s3cret-abcdef" not in json.dumps(desk.records[-1].snapshots["b"])


def test_open_questions_need_somebody_to_agree(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.service.ask(identity, "Do you take dogs?")
    assert desk.plan(*PRUNE)["consents"][0]["questions"] == ["Do you take dogs?"]
    result = desk.apply(*PRUNE)
    assert result.code == 3
    assert "--drop-open-questions" in result.said
    assert desk.service.writes == []
    assert desk.apply(*PRUNE, "--drop-open-questions").code == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_ends_as_deleted(removed: tuple[Desk, str], moment: str) -> None:
    desk, identity = removed
    desk.service.on("DELETE", drop=moment)
    assert desk.apply(*PRUNE).code == 0
    assert identity not in desk.service.assistants


def test_the_outcome_is_told_as_json_and_in_the_job_summary(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.env["GITHUB_STEP_SUMMARY"] = str(desk.root.parent / "summary.md")
    report = desk.apply(*PRUNE, "--format", "json").json
    assert [(one["action"], one["status"], one["id"]) for one in report["outcomes"]] == [
        ("delete", "done", identity)
    ]
    summary = (desk.root.parent / "summary.md").read_text()
    assert "1 to delete" in summary


# What was deleted comes back.


def test_rollback_brings_it_back(removed: tuple[Desk, str]) -> None:
    desk, identity = removed
    desk.service.edit(identity, faq_items=[{"question": "Dogs?", "answer": "Yes."}])
    assert desk.apply(*PRUNE).code == 0
    back = desk.rollback()
    assert back.code == 0, back.said
    assert identity in back.err
    (again,) = [one for one in desk.service.assistants.values() if one["name"] == "b"]
    assert str(again["id"]) in back.out
    assert again["prompt"] == "Be kind."
    assert [item["question"] for item in again["faq_items"]] == ["Dogs?"]
    assert "no definition describes b" in back.err


# Planted faults: each guard, taken away, is missed by one of the tests above.

Refusal = Callable[[Desk], None]


def _is_refused(what: str) -> Refusal:
    return lambda desk: test_it_is_refused((desk, remove(desk)), what)


#: What is put in place of what, and the test that turns red.
FAULTS: dict[str, tuple[Any, str, Any, Refusal]] = {
    "nobody looks whether the base is an earlier commit": (
        git.Repository,
        "is_past",
        lambda *_: True,
        test_what_came_to_the_base_after_this_branch_was_made_is_refused,
    ),
    "new definitions are not looked at": (
        prune._Pruning,
        "_is_new",
        lambda *_: False,
        partial(test_a_new_definition_may_be_it_under_another_name, stated={"name": "New"}),
    ),
    "a secret that is not set is passed over": (
        prune,
        "_blind",
        lambda _: (),
        test_a_secret_that_is_not_set_refuses_the_apply,
    ),
    "a delete goes on without a secret": (
        applying,
        "refuse_unset",
        lambda plan: plan,
        test_a_secret_that_is_not_set_refuses_the_apply,
    ),
    "edits are not looked at": (Comparison, "fields", (), _is_refused("an edit")),
    "nothing is looked at just before the DELETE": (
        deleting,
        "_moved",
        lambda *_: None,
        lambda desk: test_it_is_refused_where_that_comes_after_the_plan(
            (desk, remove(desk)), "an edit"
        ),
    ),
    "nothing speaks against a delete": (
        prune._Pruning,
        "_refusals",
        lambda *_: iter(()),
        test_a_sub_assistant_is_refused,
    ),
    "a base that cannot be read as a whole is taken for read": (
        prune._Pruning,
        "_refusals",
        lambda *_: iter(()),
        test_a_base_that_cannot_be_read_as_a_whole_refuses,
    ),
    "an ambiguous name is left out of the plan": (
        prune._Pruning,
        "_unclear",
        lambda *_: None,
        lambda desk: test_two_of_its_name_are_refused_with_their_ids((desk, remove(desk))),
    ),
    "uses are not looked at": (Uses, "words", lambda *_: (), _is_refused("a phone number")),
    "uses that cannot be read are none": (
        Uses,
        "words",
        lambda *_: (),
        _is_refused("campaigns that cannot be read"),
    ),
    "what a sparse checkout leaves out is taken for removed": (
        git.Repository,
        "left_out",
        lambda *_: [],
        partial(test_what_a_sparse_checkout_leaves_out_is_not_removed, moved="b"),
    ),
    "other environments are not looked at": (
        planning,
        "keys_elsewhere",
        lambda *_: {},
        partial(test_one_that_only_left_this_environment_is_refused, key="b", name="b"),
    ),
    "other definitions are not looked at": (
        prune._Pruning,
        "_claimed",
        lambda *_: None,
        lambda desk: test_one_that_another_definition_names_as_its_earlier_name_is_refused(
            (desk, remove(desk))
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    place, name, broken, test = FAULTS[fault]
    monkeypatch.setattr(place, name, broken)
    with pytest.raises((AssertionError, ValueError)):
        test(desk)


def test_a_planted_faq_that_is_not_told_is_noticed(
    desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune._Pruning, "_refusals", lambda *_: iter(()))
    with pytest.raises(AssertionError):
        test_a_faq_that_the_account_does_not_tell_refuses(desk_with)
