"""Names that change: in the definition, in the dashboard, and what is never guessed from them."""

from __future__ import annotations

import pytest
from definitions.repository import Repository
from support.desk import Desk

PROMPT = "You answer the phone of Hotel Lumière."


def renaming(desk: Desk, **sync: object) -> str:
    """Add an assistant under its old name, and define it under a new one; return its id."""
    identity = desk.service.add("Reception", prompt=PROMPT)
    stated = {"id": identity} if sync.pop("bound", False) else {}
    desk.project.define(name="Front desk", prompt=PROMPT, sync={**stated, **sync})
    return identity


def test_an_assistant_is_found_under_its_earlier_name(desk: Desk) -> None:
    identity = renaming(desk, renamed_from="Reception")
    action = desk.action()
    assert (action["action"], action["id"]) == ("replace", identity)
    assert desk.changes() == {"name": ("Reception", "Front desk")}
    assert desk.apply().code == 0
    (request,) = desk.service.writes
    assert request.body == {"name": "Front desk"}
    assert desk.settled()
    assert list(desk.service.assistants) == [identity]


def test_once_renamed_the_earlier_name_means_nothing_more(desk: Desk) -> None:
    identity = renaming(desk, renamed_from="Reception")
    assert desk.apply().code == 0
    another = desk.service.add("Reception", prompt="Another one.")
    plan = desk.plan()
    assert [action["id"] for action in plan["actions"]] == [identity]
    assert plan["unmanaged"] == [{"id": another, "name": "Reception"}]
    assert desk.settled()


def test_a_name_that_is_there_already_comes_first(desk: Desk) -> None:
    old = renaming(desk, renamed_from="Reception")
    new = desk.service.add("Front desk", prompt="Another one.")
    plan = desk.plan()
    assert [action["id"] for action in plan["actions"]] == [new]
    assert [found["id"] for found in plan["unmanaged"]] == [old]
    (note,) = [note for note in plan["actions"][0]["notes"] if "renamed_from" in note]
    assert note.startswith('sync.renamed_from: "Reception" is there as well, and left alone')
    assert note.endswith(f": {old}")


def test_an_earlier_name_that_none_has_is_told(desk: Desk) -> None:
    desk.service.add("Reception", prompt="Another.")
    desk.project.define(sync={"renamed_from": "Recepton"})
    action = desk.action()
    assert action["action"] == "create"
    (note,) = action["notes"]
    assert note == 'sync.renamed_from: no assistant called "Recepton" is left to be renamed'
    assert desk.apply().code == 0
    assert "renamed_from" not in str(desk.action()["notes"])


def test_an_earlier_name_that_two_have_is_refused(desk: Desk) -> None:
    ids = {renaming(desk, renamed_from="Reception"), desk.service.add("Reception")}
    action = desk.action()
    assert "2 assistants of the account have its earlier name" in action["refused"]
    assert all(identity in action["refused"] for identity in ids)
    assert desk.apply().code == 3
    assert desk.service.writes == []


def test_two_that_say_the_same_earlier_name_make_no_twin(desk: Desk) -> None:
    renaming(desk, renamed_from="Reception")
    desk.project.define("night", name="Night desk", prompt="p", sync={"renamed_from": "Reception"})
    result = desk.run("plan")
    assert result.code == 1
    assert "assistants/night.yaml:3:24: error[duplicate-earlier-name]: " in result.err
    assert "is renamed from this name too" in result.err


@pytest.mark.parametrize("spelled", ["A", "A\u200b"])
def test_an_earlier_name_that_another_definition_has_now_is_an_error(
    desk: Desk, spelled: str
) -> None:
    ids = {name: desk.service.add(name, prompt=f"Prompt of {name}.") for name in ("A", "B")}
    for key, name, earlier in (("a", "B", spelled), ("b", "A", "B")):
        text = f"name: {name}\nprompt: Prompt of {earlier[0]}.\nsync: {{renamed_from: {earlier}}}\n"
        desk.project.write(f"assistants/{key}.yaml", text)
    result = desk.run("plan")
    for key, other in (("a", "b"), ("b", "a")):
        assert (
            f"assistants/{key}.yaml:3:22: error[earlier-name-taken]: "
            f"assistants/{other}.yaml:1:7 has this name now, and comes first" in result.err
        )
    assert result.code == 1
    assert desk.service.requests == []
    for key, earlier in (("a", "A"), ("b", "B")):
        path = desk.root / f"assistants/{key}.yaml"
        path.write_text(path.read_text().replace("sync: {", f"sync: {{id: {ids[earlier]}, "))
    assert desk.run("plan").err == ""
    changes = [[c["path"] for c in action["changes"]] for action in desk.plan()["actions"]]
    assert changes == [["name"], ["name"]]


def test_two_may_say_it_in_different_environments(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "environments: {a: {}, b: {}}\n")
    for key in ("a", "b"):
        sync = {"renamed_from": "Reception", "environments": [key]}
        desk.project.define(key, sync=sync)
    assert desk.run("validate").code == 0


def test_bound_a_rename_in_the_dashboard_is_drift_of_the_name(desk: Desk) -> None:
    identity = renaming(desk, bound=True)
    drift = desk.run("drift", "--format", "json")
    assert drift.code == 2
    (action,) = drift.json["actions"]
    assert (action["action"], action["id"]) == ("replace", identity)
    assert [change["path"] for change in action["changes"]] == ["name"]
    assert drift.json["unmanaged"] == []


def test_bound_a_rename_in_the_dashboard_is_told_from_one_in_git(
    desk: Desk,
) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    identity = renaming(desk, bound=True)
    repository.commit()
    (change,) = desk.action("--base", "HEAD")["changes"]
    assert (change["path"], change["origin"]) == ("name", "drift")
    desk.service.edit(identity, name="Front desk")
    desk.project.define(name="Lobby", prompt=PROMPT, sync={"id": identity})
    (change,) = desk.action("--base", "HEAD")["changes"]
    assert (change["path"], change["origin"]) == ("name", "definition")


def test_an_unbound_rename_in_git_is_one_of_the_definition(desk: Desk) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    desk.service.add("Reception", prompt=PROMPT)
    desk.project.define(name="Reception", prompt=PROMPT)
    repository.commit()
    desk.project.define(name="Front desk", prompt=PROMPT, sync={"renamed_from": "Reception"})
    (change,) = desk.action("--base", "HEAD")["changes"]
    assert (change["path"], change["origin"]) == ("name", "definition")


def test_bound_a_look_alike_of_the_wanted_name_is_unmanaged(desk: Desk) -> None:
    identity = renaming(desk, bound=True)
    another = desk.service.add("Front desk", prompt=PROMPT)
    plan = desk.plan()
    assert [action["id"] for action in plan["actions"]] == [identity]
    assert plan["unmanaged"] == [{"id": another, "name": "Front desk"}]


@pytest.mark.parametrize(
    ("name", "prompt", "why"),
    [
        ("Reception", PROMPT, "the same prompt"),
        ("front DESK", "Another.", "a name that differs only in case or space"),
        ("Frontdesk", "Another.", "a name that differs only in case or space"),
    ],
)
def test_unbound_a_rename_in_the_dashboard_makes_no_twin(
    desk: Desk, name: str, prompt: str, why: str
) -> None:
    identity = desk.service.add(name, prompt=prompt)
    desk.project.define(name="Front desk", prompt=PROMPT)
    action = desk.action()
    assert action["action"] == "create"
    assert f'it would be a twin of {identity}, "{name}", which has {why}' in action["refused"]
    assert desk.apply().code == 3
    assert desk.service.writes == []
    assert desk.action("--allow-create", "front-desk")["refused"] is None


def test_the_option_that_allows_a_twin_can_be_typed_as_it_is_told(desk: Desk) -> None:
    desk.service.add("Reception", prompt=PROMPT)
    desk.project.define("the desk [1]", name="Front desk", prompt=PROMPT)
    refused = desk.action()["refused"]
    assert refused.endswith("--allow-create 'the desk [[]1]'")
    assert desk.action("--allow-create", "the desk [[]1]")["refused"] is None


def test_unbound_one_that_is_like_nothing_else_is_created(desk: Desk) -> None:
    desk.service.add("Reception", prompt="Another.")
    desk.project.define(name="Front desk", prompt=PROMPT)
    action = desk.action()
    assert (action["action"], action["refused"]) == ("create", None)


def test_a_rename_leads_back(desk: Desk) -> None:
    identity = renaming(desk, renamed_from="Reception")
    assert desk.apply().code == 0
    assert desk.rollback().code == 0
    assert desk.service.assistants[identity]["name"] == "Reception"


def test_a_renamed_one_that_is_recreated_has_the_new_name(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "retire: delete\n")
    old = renaming(desk, renamed_from="Reception")
    result = desk.apply("--recreate", "front-desk")
    assert result.code == 0, result.said
    ((new, held),) = desk.service.assistants.items()
    assert (new != old, held["name"], held["prompt"]) == (True, "Front desk", PROMPT)
    assert desk.settled()


def test_an_earlier_name_holds_in_each_environment_until_it_is_renamed_there(desk: Desk) -> None:
    other = desk.service.another("rvx_b_5d1e", "org_b")
    desk.env["REVOX_API_KEY_B"] = other.key
    desk.project.write(
        "revox-sync.yaml", "environments: {a: {}, b: {api_key_env: REVOX_API_KEY_B}}\n"
    )
    for account in (desk.service, other):
        account.add("Reception", prompt=PROMPT)
    desk.project.define(name="Front desk", prompt=PROMPT, sync={"renamed_from": "Reception"})
    assert desk.apply("--env", "a").code == 0
    assert desk.run("plan", "--env", "a", "--detailed-exitcode").code == 0
    assert desk.changes("--env", "b") == {"name": ("Reception", "Front desk")}


def renamed_in_git(desk: Desk) -> tuple[Repository, str]:
    """Apply and commit a definition, then change its name and its prompt; return its id."""
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    desk.project.define(name="Reception", prompt="You answer the phone.")
    assert desk.apply().code == 0
    repository.commit()
    desk.project.define(name="Front desk", prompt="You answer every call.")
    (identity,) = desk.service.assistants
    return repository, identity


def test_a_rename_that_git_alone_knows_is_no_twin_and_leaves_nothing_behind(desk: Desk) -> None:
    _, identity = renamed_in_git(desk)
    plan = desk.plan("--base", "HEAD")
    assert plan["gone"] == []
    assert "No longer defined" not in desk.run("plan", "--base", "HEAD").out
    (action,) = plan["actions"]
    assert (action["action"], action["id"]) == ("replace", identity)
    assert {c["path"]: c["origin"] for c in action["changes"]} == {
        "name": "definition",
        "prompt": "definition",
    }
    assert desk.apply("--base", "HEAD", "--on-drift", "refuse").code == 0
    assert list(desk.service.assistants) == [identity]


def test_an_edit_outside_git_is_told_though_git_renamed_the_assistant(desk: Desk) -> None:
    _, identity = renamed_in_git(desk)
    desk.service.edit(identity, prompt="You answer whoever calls.")
    (action,) = desk.plan("--base", "HEAD")["actions"]
    assert {c["path"]: c["origin"] for c in action["changes"]} == {
        "name": "definition",
        "prompt": "both",
    }
    assert desk.apply("--base", "HEAD", "--on-drift", "refuse").code == 3
    assert desk.service.assistants[identity]["prompt"] == "You answer whoever calls."


def test_renamed_in_git_and_deleted_in_the_account_it_is_not_made_anew(desk: Desk) -> None:
    _, identity = renamed_in_git(desk)
    desk.service.delete(identity)
    assert desk.apply("--base", "HEAD", "--on-drift", "refuse").code == 3
    assert desk.service.assistants == {}


def test_a_key_that_was_given_to_another_assistant_is_new(desk: Desk) -> None:
    _, identity = renamed_in_git(desk)
    another = desk.service.add("Front desk", prompt="Another.")
    plan = desk.plan("--base", "HEAD")
    assert [gone["ids"] for gone in plan["gone"]] == [[identity]]
    (action,) = plan["actions"]
    assert (action["id"], action["changes"][0]["origin"]) == (another, "definition")


def test_a_name_that_was_passed_on_does_not_lead_to_another_assistant(desk: Desk) -> None:
    repository, identity = renamed_in_git(desk)
    other = desk.service.add("Night desk", prompt="You answer at night.")
    desk.project.define(name="Reception", prompt="You answer the phone.")
    desk.project.define("night", name="Night desk", prompt="You answer at night.")
    repository.commit()
    desk.project.define(name="Front desk", prompt="You answer every call.")
    desk.project.define("night", name="Reception", prompt="You answer at night.")
    result = desk.apply("--base", "HEAD", "--on-drift", "refuse")
    assert result.code == 3
    assert 'passed on since the base: night was "Night desk" and is "Reception"' in result.out
    assert desk.service.writes[1:] == []
    # Bound, both are renamed; said to be new, one is.
    desk.project.define(name="Front desk", prompt="You answer every call.", sync={"id": identity})
    made = {"name": "Reception", "prompt": "You answer at night."}
    desk.project.define("night", **made, sync={"id": other})
    ids = [action["id"] for action in desk.plan("--base", "HEAD")["actions"]]
    assert ids == [identity, other]
    desk.project.define(name="Front desk", prompt="You answer every call.")
    desk.project.define("night", **made)
    actions = desk.plan("--base", "HEAD", "--allow-create", "front-desk")["actions"]
    assert [(one["action"], one["id"]) for one in actions] == [
        ("create", None),
        ("replace", identity),
    ]
    # Nor where the file of the other one was moved.
    desk.project.remove("front-desk")
    desk.project.define("welcome", name="Front desk", prompt="You answer every call.")
    assert all(one["refused"] for one in desk.plan("--base", "HEAD")["actions"])


def test_two_that_exchange_names_are_told_whose_assistant_each_takes(desk: Desk) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    keys = {"day": "night", "night": "day"}
    ids = {key: desk.service.add(key, prompt=f"It is {key}.") for key in keys}
    for key in keys:
        desk.project.define(key, prompt=f"It is {key}.")
    repository.commit()
    for key, other in keys.items():
        desk.project.define(key, name=other, prompt=f"It is {key}.")
    notes = {one["id"]: one["notes"] for one in desk.plan("--base", "HEAD")["actions"]}
    for key, other in keys.items():
        (note,) = notes[ids[other]]
        assert note.startswith(f"its name is the one that {other} had at the base")
        desk.project.define(key, name=other, prompt=f"It is {key}.", sync={"id": ids[key]})
    assert all(not one["notes"] for one in desk.plan("--base", "HEAD")["actions"])
    for key, other in keys.items():  # the files moved, and nothing else
        desk.project.define(key, prompt=f"It is {other}.", name=other)
        desk.service.assistants[ids[other]]["prompt"] = f"It is {other}."
    assert all(not one["notes"] for one in desk.plan("--base", "HEAD")["actions"])


def test_an_id_that_was_taken_out_is_not_forgotten(desk: Desk) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    identity = desk.service.add("Renamed in the dashboard", "You answer the phone.")
    desk.service.hidden.add(identity)
    desk.project.define(name="Reception", prompt="You answer.", sync={"id": identity})
    repository.commit()
    desk.project.define(name="Reception", prompt="You answer every call.")
    action = desk.action("--base", "HEAD")
    assert f'{identity}, "Renamed in the dashboard", which it was bound to' in action["refused"]
    assert desk.apply("--base", "HEAD", "--on-drift", "overwrite").code == 3
    assert desk.service.writes == []
    assert desk.action("--base", "HEAD", "--allow-create", "front-desk")["refused"] is None


def test_an_edit_is_told_though_git_moved_renamed_and_bound_the_definition(desk: Desk) -> None:
    _, identity = renamed_in_git(desk)
    desk.service.edit(identity, prompt="You answer whoever calls.")
    desk.project.remove("front-desk")
    stated = {"name": "Welcome desk", "prompt": "You answer the phone."}
    desk.project.define("welcome", **stated, sync={"id": identity})
    plan = desk.plan("--base", "HEAD", "--prune")
    assert plan["gone"] == []
    (action,) = plan["actions"]
    assert {c["path"]: c["origin"] for c in action["changes"]} == {
        "name": "definition",
        "prompt": "drift",
    }
    assert desk.apply("--base", "HEAD", "--on-drift", "refuse").code == 3
    assert desk.service.assistants[identity]["prompt"] == "You answer whoever calls."


def test_edits_are_told_though_a_bound_definition_took_the_name_of_another(desk: Desk) -> None:
    repository, identity = renamed_in_git(desk)
    other = desk.service.add("Night desk", "Edited at night.")
    desk.project.define(name="Reception", prompt="You answer the phone.")
    desk.project.define("night", name="Night desk", prompt="You answer at night.")
    repository.commit()
    desk.service.edit(identity, prompt="Edited by day.")
    stated = {"name": "Night desk", "prompt": "You answer every call."}
    desk.project.define(**stated, sync={"id": identity})
    desk.project.define("night", name="Night porter", prompt="You answer all night.")
    told = {
        one["id"]: {change["path"]: change["origin"] for change in one["changes"]}
        for one in desk.plan("--base", "HEAD")["actions"]
    }
    both = {"name": "definition", "prompt": "both"}
    assert told == {identity: both, other: both}


def test_a_file_that_was_given_to_another_definition_is_no_rename(desk: Desk) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    desk.service.add("Reception", "You answer the phone.")
    other = desk.service.add("Night desk", "You answer at night.")
    desk.project.define(name="Reception", prompt="You answer the phone.")
    desk.project.define("night", name="Night desk", prompt="You answer at night.")
    repository.commit()
    desk.project.remove("night")
    desk.project.define(name="Night porter", prompt="You answer at night.")
    plan = desk.plan("--base", "HEAD")
    (action,) = plan["actions"]
    assert f'twin of {other}, "Night desk", which has the same prompt' in action["refused"]
    assert [gone["name"] for gone in plan["gone"]] == ["Reception", "Night desk"]
    assert desk.apply("--base", "HEAD", "--on-drift", "overwrite").code == 3
    assert desk.service.writes == []


@pytest.mark.parametrize("key", ["day", "welcome"])
def test_a_new_one_with_the_name_of_a_renamed_one_does_not_take_its_assistant(
    desk: Desk, key: str
) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    identity = desk.service.add("Day desk", prompt=PROMPT)
    desk.project.define("day", name="Day desk", prompt=PROMPT)
    repository.commit()
    desk.project.remove("day")
    desk.project.define(key, name="Welcome desk", prompt=PROMPT)
    desk.project.define("new", name="Day desk", prompt="You are new here.")
    result = desk.apply("--base", "HEAD", "--on-drift", "refuse")
    assert result.code == 3
    assert 'passed on since the base: new is new and is "Day desk"' in result.out
    assert desk.service.writes == []
    desk.project.define(key, name="Welcome desk", prompt=PROMPT, sync={"id": identity})
    assert desk.apply("--base", "HEAD", "--on-drift", "refuse").code == 0
    assert desk.service.assistants[identity]["name"] == "Welcome desk"
    assert len(desk.service.assistants) == 2


def test_where_a_new_one_has_its_prompt_a_renamed_and_rewritten_one_may_be_new(desk: Desk) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    identity = desk.service.add("Day desk", prompt=PROMPT)
    desk.project.define("day", name="Day desk", prompt=PROMPT)
    repository.commit()
    desk.project.define("day", name="Night desk", prompt="You are new here.")
    desk.project.define("welcome", name="Welcome desk", prompt=PROMPT)
    result = desk.apply("--base", "HEAD", "--on-drift", "refuse")
    assert result.code == 4
    assert f"it would be a twin of {identity}" in result.out
    assert desk.service.assistants[identity]["prompt"] == PROMPT
