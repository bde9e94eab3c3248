"""``sandbox reset --data FILE``: the whole file, or none of it and every mistake by its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support import cli
from support.project import Project

DOCUMENT = Path(__file__).parents[2] / "docs/sandbox.md"
SMALL = {"name": "Front desk", "prompt": "Be kind."}
RESET = ("sandbox", "reset", "--data", "account.json")


def run(project: Project, *arguments: str) -> cli.Result:
    return cli.invoke(*arguments, env={}, cwd=project.root)


def _state(content: dict[str, Any], project: Project) -> cli.Result:
    project.write("account.json", json.dumps(content))
    return run(project, *RESET)


def _refused(project: Project, content: dict[str, Any], *mistakes: str) -> None:
    """Nothing is changed, not even a state that was there, and the mistakes are these."""
    assert _state({"assistants": [{**SMALL, "name": "There before"}]}, project).code == 0
    project.write("account.json", json.dumps(content))
    before = project.files()
    result = run(project, *RESET)
    assert (result.code, result.out) == (1, "")
    first, *told = result.err.splitlines()
    number = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    assert first == f"error: account.json: {number}, so nothing was changed"
    assert told == [f"  {mistake}" for mistake in mistakes]
    assert project.files() == before


def test_the_tool_plans_against_the_account_of_the_file(project: Project) -> None:
    project.define("front-desk", name="Front desk", prompt="Be kind.")
    begun = _state({"assistants": [SMALL], "phone_numbers": []}, project)
    assert begun.out == (
        "profile:       current\nassistants:    1\nphone numbers: 0\n"
        "campaigns:     0\ncalls:         0\nvoices:        11\n"
    )
    assert (begun.code, begun.err) == (0, "")
    assert run(project, "--sandbox", "plan", "--detailed-exitcode").code == 0


#: An assistant that a number, a campaign and a call use, another one, and what it speaks with.
USED = {
    "assistants": [{**SMALL, "id": "desk"}, {**SMALL, "id": "spa", "name": "Spa"}],
    "phone_numbers": [{"phone_number": "+33159169001", "inbound_assistant_id": "desk"}],
    "campaigns": [
        {"name": "Spring", "assistant_id": "desk", "status": "completed"}
        | {"row_stats": {"calling": 0, "not_launched": 40, "pending": 0, "retry": 0}},
        {"name": "Autumn", "assistant_id": "spa", "status": "running"},
    ],
    "calls": [
        {"assistant": {"id": "desk"}, "status": "scheduled"},
        {"assistant": {"id": "desk"}, "status": "completed"},
        {"assistant": {"id": "spa"}, "status": "scheduled"},
    ],
    "voices": [{"id": "v1", "provider": "cartesia", "name": "Lucie", "language": "fr"}],
}


def test_every_view_tells_what_of_the_file_uses_the_assistant(project: Project) -> None:
    assert _state(USED, project).code == 0
    project.define("front-desk", name="Front desk", prompt="Be kind to {{guest}}.")
    in_place = ("33159169001", "Spring", "1 call", "guest")
    views: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
        (("plan", "--out", "plan.json"), in_place),
        (("show", "plan.json", "--format", "markdown"), in_place),
        *(((verb, "--format", form), in_place) for verb in ("plan", "drift") for form in _PAGES),
        (("delete", "front-desk"), in_place[:-1]),
        (("list",), in_place[:1]),
    ]
    for arguments, words in views:
        _tells(project, arguments, words)
    for arguments in (("plan",), ("drift",), ("delete", "front-desk", "--auto-approve")):
        told = run(project, "--sandbox", *arguments, "--format", "json").json
        (action,) = told.get("plan", told)["actions"]
        used, added = action["used_by"], action["variables"]["added"]
        assert (used["numbers"], used["campaigns"]) == (["+33159169001"], ["Spring"]), arguments
        assert (used["calls"], added) == (1, [] if arguments[0] == "delete" else ["guest"])
    (found,) = (
        one
        for one in run(project, "--sandbox", "list", "--format", "json").json["assistants"]
        if one["id"] == "desk"
    )
    assert found["numbers"] == ["+33159169001"]
    assert "Lucie" in run(project, "--sandbox", "voices").out
    project.write("revox-sync.yaml", "replace: recreate\nretire: keep\n")
    for form in _PAGES:
        _tells(project, ("plan", "--format", form), in_place)


_PAGES = ("terminal", "markdown")


def _tells(project: Project, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    told = run(project, "--sandbox", *arguments).out
    for word in words:
        assert word in told, (arguments, word)
    assert "Autumn" not in told, arguments


def test_what_was_there_is_forgotten(project: Project) -> None:
    _state({"assistants": [SMALL, SMALL]}, project)
    assert "assistants:    1" in _state({"assistants": [SMALL]}, project).out
    assert "assistants:    1" in run(project, "sandbox", "status").out


@pytest.mark.parametrize("profile", ["seed", "current"])
def test_a_state_of_either_generation_or_a_damaged_one_is_replaced(
    project: Project, profile: str
) -> None:
    project.write("account.json", json.dumps({"assistants": [SMALL]}))
    assert run(project, *RESET, "--profile", profile).code == 0
    assert run(project, *RESET, "--profile", "seed").code == 0
    assert "profile:       seed" in run(project, "sandbox", "status").out
    project.write(".revox-sync/sandbox.sqlite3", b"not a database at all" * 100)
    assert run(project, *RESET, "--profile", profile).code == 0


def test_the_project_file_may_say_the_generation(project: Project) -> None:
    project.write("revox-sync.yaml", "profile: seed\n")
    assert "profile:       seed" in _state({"assistants": [SMALL]}, project).out


def test_a_member_that_nobody_knows_is_kept_and_named(project: Project) -> None:
    content = {"assistants": [{**SMALL, "voice": {"id": "v", "provider": "cartesia", "a/b": 1}}]}
    result = _state(content, project)
    assert result.code == 0
    assert result.err == (
        "account.json: /assistants/0/voice/a~1b: not known to profile current; kept\n"
    )


def test_every_broken_bound_is_told_by_its_place(project: Project) -> None:
    broken = {"prompt": "p", "voice": {"id": "", "provider": "acme"}, "first_sentence_mode": None}
    _refused(
        project,
        {"assistants": [SMALL, broken], "campaigns": [{"assistant_id": "a", "name": "c"}]},
        "/assistants/1/name: is required",
        '/assistants/1/first_sentence_mode: must be one of "generated", "static", "none"',
        "/assistants/1/voice/id: must have a length of at least 1",
        '/assistants/1/voice/provider: must be one of "cartesia", "elevenlabs", "gradium"',
        "/campaigns/0/status: is required",
    )


def test_the_same_id_twice_is_told(project: Project) -> None:
    twin = {**SMALL, "id": "a"}
    number = {"id": "n", "phone_number": "+1"}
    _refused(
        project,
        {"assistants": [twin, SMALL, twin], "phone_numbers": [number, number]},
        "/assistants/2/id: is the same as /assistants/0/id: change one of them, or leave it out",
        "/phone_numbers/1/id: is the same as /phone_numbers/0/id: "
        "change one of them, or leave it out",
    )


@pytest.mark.parametrize("identity", ["", "a/b"])
def test_an_id_that_no_path_can_hold_is_told(project: Project, identity: str) -> None:
    _refused(
        project,
        {"assistants": [{**SMALL, "id": identity}]},
        "/assistants/0/id: must be a text without /, or be left out: it is put in paths",
    )


def test_links_to_nobody_are_told(project: Project) -> None:
    none = "names no assistant of this file: state its id there, or"
    number = {"phone_number": "+1"}
    campaign = {"assistant_id": "gone", "name": "Spring"}
    _refused(
        project,
        {
            "assistants": [{**SMALL, "id": "a"}, {**SMALL, "id": "b"}],
            "phone_numbers": [
                {**number, "inbound_assistant_id": "gone"},
                {**number, "inbound_assistant": {"id": "gone"}},
                {**number, "inbound_assistant_id": "a", "inbound_assistant": {"id": "b"}},
            ],
            "campaigns": [
                {**campaign, "status": "completed"},
                {**campaign, "status": "paused"},
            ],
        },
        f"/phone_numbers/0/inbound_assistant_id: {none} null here",
        f"/phone_numbers/1/inbound_assistant: {none} null here",
        "/phone_numbers/2/inbound_assistant_id: is another assistant than inbound_assistant: "
        "leave one of the two out",
        f"/campaigns/1/assistant_id: {none} status completed for a campaign that outlived it",
    )


def test_a_key_that_is_no_part_of_an_account_is_told(project: Project) -> None:
    _refused(
        project,
        {"assistant": [SMALL]},
        "/assistant: is nothing that profile current has; "
        "known are user, assistants, phone_numbers, campaigns, voices, calls",
    )


def test_profile_seed_has_no_numbers(project: Project) -> None:
    project.write("account.json", json.dumps({"phone_numbers": []}))
    result = run(project, *RESET, "--profile", "seed")
    assert result.code == 1
    assert "/phone_numbers: is nothing that profile seed has" in result.err


def test_a_member_that_stands_twice_among_many_is_named(project: Project) -> None:
    members = ",".join(f'"k{number}":1' for number in range(30_000))
    project.write("account.json", f'{{{members},"k29999":2}}')
    result = run(project, *RESET)
    assert (result.code, '"k29999" stands twice in one object' in result.err) == (1, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("- 1", "  the file: must be an object"),
        ("user: {created_at: 2026-01-31}", "  /user/created_at: is not JSON: put a date in quotes"),
        ("user: {1: a}", "  /user/1: must have a text as its key: put it in quotes"),
        ("user: [", "cannot be read (line "),
        ("{}\n---\n{}", "(line 2: expected a single document in the stream, but found another"),
    ],
)
def test_yaml_that_is_no_account_is_told(project: Project, content: str, words: str) -> None:
    project.write("account.yaml", content)
    result = run(project, "sandbox", "reset", "--data", "account.yaml")
    assert result.code == 1
    assert words in result.err
    assert not (project.root / ".revox-sync").exists()


def test_a_secret_is_never_repeated(project: Project) -> None:
    model = {"type": "custom", "api_key": ["hush"], "api_url": "u", "model_name": "m"}
    result = _state({"assistants": [{**SMALL, "llm_model": model}]}, project)
    assert "/assistants/0/llm_model/api_key: must be a string" in result.err
    assert "hush" not in result.said


def test_every_example_of_the_document_is_an_account(project: Project) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        project.write("account.yaml", example)
        result = run(project, "sandbox", "reset", "--data", "account.yaml")
        assert (result.code, result.err) == (0, "")
