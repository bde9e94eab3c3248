"""`bind`: the ids of found assistants go into their definitions, and nothing else changes."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from support import cli
from support.desk import Desk

HEAD = "# The desk.\nname: Front desk   # as it is called\nprompt: Be kind.\n"
FILE = "assistants/front-desk.yaml"

FORMS = {
    "no sync": (HEAD, HEAD + "sync:\n  id: {id}\n"),
    "no newline at the end": (HEAD[:-1], HEAD + "sync:\n  id: {id}"),
    "remarks at the end": (HEAD + "# The end.\n", HEAD + "sync:\n  id: {id}\n# The end.\n"),
    "sync in lines": (
        HEAD + "sync:   # ours\n  # mind this\n  replace: in-place  # really\n",
        HEAD + "sync:   # ours\n  # mind this\n  replace: in-place  # really\n  id: {id}\n",
    ),
    "sync in one line": (
        HEAD + "sync: {ignore: [slack]}  # ours\n",
        HEAD + "sync: {ignore: [slack], id: {id}}  # ours\n",
    ),
    "all in one line": (
        '{"name": "Front desk", "prompt": "Be kind."}\n',
        '{"name": "Front desk", "prompt": "Be kind.", sync: {id: {id}}}\n',
    ),
    "an empty sync": (HEAD + "sync: {} # none\n", HEAD + "sync: # none\n  id: {id}\n"),
    "deeper indentation": (
        HEAD + "voice:\n    provider: cartesia\n    id: x\n",
        HEAD + "voice:\n    provider: cartesia\n    id: x\nsync:\n  id: {id}\n",
    ),
    "more behind sync": (
        "sync:\n  ignore: [slack]\n\n" + HEAD,
        "sync:\n  ignore: [slack]\n  id: {id}\n\n" + HEAD,
    ),
    "a text at the end": (
        "name: Front desk\nprompt: |\n  Be kind.\n\n\n",
        "name: Front desk\nprompt: |\n  Be kind.\nsync:\n  id: {id}\n\n\n",
    ),
}


def of_id(text: str, identity: str) -> bytes:
    return text.replace("{id: {id}}", f"{{id: {identity}}}").replace("{id}", identity).encode()


@pytest.mark.parametrize(("form", "then"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    ("ends", "mark"), [("\n", b""), ("\r\n", b"\xef\xbb\xbf")], ids=["LF", "CRLF and BOM"]
)
def test_the_id_is_put_in_and_every_other_byte_stays(
    desk: Desk, form: str, then: str, ends: str, mark: bytes
) -> None:
    identity = desk.service.add("Front desk")
    path = desk.project.write(FILE, mark + form.replace("\n", ends).encode())
    result = desk.run("bind")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{FILE}: bound to {identity}\n1 definition bound, 0 bound already\n"
    assert path.read_bytes() == mark + of_id(then.replace("\n", ends), identity)
    assert desk.run("bind").out == "0 definitions bound, 1 bound already\n"


def test_a_second_time_changes_nothing(desk: Desk) -> None:
    desk.service.add("Front desk")
    desk.project.define(name="Front desk")
    desk.run("bind")
    before = desk.project.files()
    again = desk.run("bind")
    assert (again.code, again.out) == (0, "0 definitions bound, 1 bound already\n")
    assert desk.project.files() == before


def test_an_id_that_looks_like_a_number_gets_quotes(desk: Desk) -> None:
    identity = desk.service.add("Front desk")
    desk.service.assistants["0815"] = desk.service.assistants.pop(identity) | {"id": "0815"}
    path = desk.project.define(name="Front desk")
    assert desk.run("bind").code == 0
    assert path.read_text().endswith('sync:\n  id: "0815"\n')


def test_what_is_bound_is_found_whatever_becomes_of_its_name(desk: Desk) -> None:
    identity = desk.service.add("Front desk", prompt="You are front-desk. Be kind.")
    desk.project.define(name="Front desk")
    desk.run("bind")
    desk.service.edit(identity, name="Reception")
    assert desk.changes() == {"name": ("Reception", "Front desk")}


def test_an_earlier_name_is_enough(desk: Desk) -> None:
    identity = desk.service.add("Reception")
    path = desk.project.define(name="Front desk", sync={"renamed_from": "Reception"})
    assert desk.run("bind").code == 0
    assert f"id: {identity}" in path.read_text()


def test_keys_say_which(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        desk.service.add(name)
        desk.project.define(name)
    before = desk.project.files()
    assert desk.run("bind", "t*").code == 0
    changed = {path for path, content in desk.project.files().items() if content != before[path]}
    assert changed == {"assistants/two.yaml", "assistants/three.yaml"}
    assert desk.run("bind", "four").code == 64


def test_what_the_account_does_not_have_is_told_and_no_error(desk: Desk) -> None:
    desk.project.define()
    before = desk.project.files()
    result = desk.run("bind")
    assert (result.code, desk.project.files()) == (0, before)
    assert "the account has no assistant with this name; apply creates it" in result.out


def test_of_two_of_one_name_none_is_chosen(desk: Desk) -> None:
    ids = [desk.service.add("front-desk") for _ in range(2)]
    desk.project.define()
    before = desk.project.files()
    result = desk.run("bind")
    assert (result.code, desk.project.files()) == (3, before)
    assert all(identity in result.out for identity in ids)


def test_the_others_are_bound_where_one_is_refused(desk: Desk) -> None:
    desk.service.add("one")
    desk.project.define("one")
    path = desk.project.define("gone", sync={"id": "5d0c"})
    before = path.read_bytes()
    result = desk.run("bind")
    assert result.code == 4
    assert "it is bound to 5d0c (sync.id), and no such assistant exists" in result.out
    assert "1 definition bound, 0 bound already, 1 not bound" in result.out
    assert path.read_bytes() == before


def test_a_way_of_writing_that_is_not_edited_is_left_to_people(desk: Desk) -> None:
    identity = desk.service.add("Front desk")
    path = desk.project.write(FILE, "? name\n: Front desk\n? prompt\n: Be kind.\n")
    before = path.read_bytes()
    result = desk.run("bind")
    assert (result.code, path.read_bytes()) == (3, before)
    assert f"{FILE}: the id {identity} is not written at {FILE}:1:1: " in result.out
    assert f"write `sync: {{id: {identity}}}` by hand" in result.out


def test_no_secret_is_needed(desk: Desk) -> None:
    desk.service.add("Front desk")
    desk.project.define(name="Front desk", webhook_url="https://example.com/?key=${secret.KEY}")
    assert desk.run("bind").code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has other links")
def test_all_files_are_written_or_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two", "three"):
        desk.service.add(name)
        desk.project.define(name)
    before = desk.project.files()
    rename, renamed = Path.replace, []

    def fail_at_the_second(self: Path, target: Path) -> Path:
        renamed.append(target)
        if len(renamed) == 2:
            raise OSError(5, "Input/output error", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_second)
    result = desk.run("bind")
    assert result.code == 1
    assert "nothing was written" in result.err
    assert len(renamed) > 2  # what was renamed is put back
    assert desk.project.files() == before


def test_plan_hints_at_it_once(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        desk.service.add(name, prompt=f"You are {name}. Be kind.")
        desk.project.define(name)
    desk.project.define("new")
    hint = "3 definitions are found only by their names; `revox-sync bind` writes their ids"
    assert hint in desk.run("plan").err
    assert desk.run("plan", "--format", "json").json["summary"]["unchanged"] == 3
    desk.run("bind")
    assert desk.run("plan").err == ""


def test_a_plan_of_some_hints_at_those(desk: Desk) -> None:
    for name in ("one", "two"):
        desk.service.add(name, prompt=f"You are {name}. Be kind.")
        desk.project.define(name)
    hint = "1 definition is found only by its name; `revox-sync bind 't*'` writes its id into it"
    assert desk.run("plan", "t*").err == f"{hint}\n"


def test_apply_names_what_it_created_and_how_to_bind_it(desk: Desk) -> None:
    desk.project.define("new one")
    result = desk.apply()
    (identity,) = desk.service.assistants
    assert identity in result.out
    assert "created 1; `revox-sync bind` writes its id into its definition\n" in result.err
    assert desk.run("bind").code == 0
    assert "bind" not in desk.apply().said


def test_the_command_names_keys_where_more_would_be_bound(desk: Desk) -> None:
    desk.service.add("old", prompt="Old.")
    desk.project.define("old", prompt="Old.")
    for key in ("new [1]", "b"):
        desk.project.define(key)
    said = desk.apply().err
    command = "revox-sync bind b 'new [[]1]'"
    assert f"created 2; `{command}` writes their ids into their definitions\n" in said
    assert desk.run(*shlex.split(command)[1:]).out.endswith(
        "2 definitions bound, 0 bound already\n"
    )
    assert "sync" not in (desk.root / "assistants/old.yaml").read_text()


def test_the_command_for_very_many_is_short(desk: Desk) -> None:
    desk.service.add("old", prompt="Old.")
    desk.project.define("old", prompt="Old.")
    for number in range(12):
        desk.project.define(f"new-{number}")
    assert (
        "created 12; `revox-sync bind` writes their ids into their definitions, and binds every "
        "other that is found by its name\n"
    ) in desk.apply().err


def test_commands_are_for_the_same_project_and_account(desk: Desk, tmp_path: Path) -> None:
    desk.project.define("new")
    here = ["--project", str(desk.root), "--sandbox"]
    run = cli.invoke("apply", *here, "--auto-approve", env={}, cwd=tmp_path)
    for command in ("bind", "rollback"):
        (line,) = [line for line in run.err.splitlines() if f"`revox-sync {command}" in line]
        typed = shlex.split(line.split("`")[1])
        assert typed == ["revox-sync", command, *here]
        options = ["--auto-approve", "--delete-created"] if command == "rollback" else []
        assert cli.invoke(*typed[1:], *options, env={}, cwd=tmp_path).code == 0


def test_a_command_names_the_address_that_was_named(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.project.define()
    url = desk.env.pop("REVOX_BASE_URL")
    assert f"`revox-sync bind --base-url {url}` writes" in desk.run("plan", "--base-url", url).err


def test_bound_to_the_sandbox_is_bound_to_nothing_else(desk: Desk) -> None:
    desk.project.define()
    desk.apply("--sandbox")
    assert "bind" not in desk.run("plan", "--sandbox").err
    result = desk.run("bind", "--sandbox")
    assert result.err.endswith("these ids exist in the sandbox alone\n")
