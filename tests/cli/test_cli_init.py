"""``init``: a project to begin with, by options and by answers."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ruamel.yaml import YAML
from support import cli
from support.desk import Desk

from revox_sync.cli import init as command
from revox_sync.cli.options import GlobalSettings
from revox_sync.operations import init as operation
from revox_sync.operations import installation
from revox_sync.operations.installation import source_of
from revox_sync.operations.settings import Settings

GITHUB = "git+https://github.com/acme/revox-sync@0123456789abcdef0123456789abcdef01234567"
LOGIN = "git+https://ada:s3cr3t@github.com/acme/revox-sync@c0ffee"
PROJECT = {
    ".gitignore",
    "assistants/_definition.schema.json",
    "assistants/_project.schema.json",
    "revox-sync.yaml",
}
WORKFLOWS = {f".github/workflows/{name}.yml" for name in ("plan", "apply", "drift")}


def _files(root: Path) -> set[str]:
    found = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return {path for path in found if not path.startswith(".revox-sync/")}


def test_without_a_key_it_is_a_sandbox_project_that_plans_at_once(tmp_path: Path) -> None:
    made = cli.invoke("init", env={}, cwd=tmp_path)
    assert made.code == 0, made.err
    assert _files(tmp_path) == PROJECT | {"assistants/front-desk.yaml"}
    told = re.findall(r"^  revox-sync (.*?)  #", made.out, re.MULTILINE)
    assert told == ["--sandbox plan", "--sandbox apply"]
    assert (
        cli.invoke("validate", env={}, cwd=tmp_path).out == "1 definition, 0 errors, 0 warnings\n"
    )
    planned = cli.invoke(*told[0].split(), env={}, cwd=tmp_path)
    assert "1 to create" in planned.out
    for file in ("revox-sync.yaml", "assistants/front-desk.yaml"):
        first = (tmp_path / file).read_text("utf-8").splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert ((tmp_path / file).parent / named).is_file()


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "assistants").mkdir()
    kept = {"revox-sync.yaml": "prune: true\n", "assistants/spa.yaml": "name: Spa\nprompt: x\n"}
    for file, text in kept.items():
        (tmp_path / file).write_text(text)
    (tmp_path / ".gitignore").write_text("*.log")
    made = cli.invoke("init", "--sandbox", "--format", "json", env={}, cwd=tmp_path)
    assert made.json["kept"] == ["revox-sync.yaml"]
    assert _files(tmp_path) == PROJECT | {"assistants/spa.yaml"}
    assert {file: (tmp_path / file).read_text() for file in kept} == kept
    assert (tmp_path / ".gitignore").read_text() == "*.log\n.revox-sync/\n"
    again = cli.invoke("init", "--sandbox", "--format", "json", env={}, cwd=tmp_path)
    assert again.json["written"] == []


@pytest.mark.parametrize(
    ("stated", "options"),
    [
        ("assistants: defs/voice\n", []),
        ("assistants: defs/voice/\nenvironments: {a: {}, b: {}}\n", ["--env", "a"]),
    ],
)
def test_what_comes_next_works_in_a_project_that_is_begun(
    tmp_path: Path, stated: str, options: list[str]
) -> None:
    (tmp_path / "revox-sync.yaml").write_text(stated)
    made = cli.invoke("init", *options, "--format", "json", env={}, cwd=tmp_path)
    assert made.code == 0, made.err
    assert {"defs/voice/front-desk.yaml", "defs/voice/_definition.schema.json"} < _files(tmp_path)
    planned = cli.invoke(*made.json["next"][0]["command"].split()[1:], env={}, cwd=tmp_path)
    assert "1 to create" in planned.out, planned.err


def test_a_project_file_that_cannot_be_read_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "revox-sync.yaml").write_text("assistants: [\n")
    made = cli.invoke("init", env={}, cwd=tmp_path)
    assert (made.code, "revox-sync.yaml:1:13: error" in made.err) == (1, True)
    assert _files(tmp_path) == {"revox-sync.yaml"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--pull",), "--pull needs the key of the account"),
        (("--base-url", "http://127.0.0.1:1"), "--base-url needs the key of the account"),
        (("--from", GITHUB), "--from goes with --ci"),
        (("Front desk",), "names of assistants go with --pull"),
        (("--ci", "github", "--from", LOGIN), "--from holds a credential"),
        (("--ci", "gitlab", "--from", f"revox-sync @ {LOGIN}"), "--from holds a credential"),
        (("--ci", "github", "--from", "https://e.com/x.whl?t=s3cr3t"), "holds a credential"),
        (("--ci", "github", "--from", "git+https://[x/y@z"), "names nothing that can be"),
        (("--ci", "gitlab", "--from", "revox-sync==1\nevil: x"), "names nothing that can be"),
        (("--ci", "gitlab", "--from", " "), "names nothing that can be"),
    ],
)
def test_what_does_not_go_together_writes_nothing(
    options: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    made = cli.invoke("init", *options, env={}, cwd=tmp_path)
    assert (made.code, told in made.err, _files(tmp_path)) == (64, True, set()), made.err
    assert "s3cr3t" not in made.said


@pytest.mark.usefixtures("hurried")
def test_what_is_wrong_with_the_account_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    """And not that there are no definitions yet."""
    env = {"REVOX_API_KEY": "a-key-of-mine", "REVOX_BASE_URL": "http://127.0.0.1:9/api"}
    made = cli.invoke("init", env=env, cwd=tmp_path)
    assert (made.code, _files(tmp_path)) == (1, set())
    assert "cannot reach http://127.0.0.1:9/api" in made.err and "help: check" in made.err


def test_with_a_key_it_pins_and_pulls(desk: Desk) -> None:
    desk.service.add("Front desk")
    desk.service.add("Night")
    made = desk.run("init", "--pull", "Front desk", "--ci", "github", "--from", GITHUB)
    assert made.code == 0, made.err
    assert _files(desk.root) == PROJECT | WORKFLOWS | {"assistants/front-desk.yaml"}
    assert "organization_id: " in (desk.root / "revox-sync.yaml").read_text()
    text = (desk.root / "assistants/front-desk.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=_definition.schema.json\nname: ")
    assert desk.run("plan", "--detailed-exitcode").code == 0
    assert desk.service.writes == []


def test_a_pull_that_fails_leaves_a_project_to_go_on_with(desk: Desk) -> None:
    desk.service.add("Front desk")
    made = desk.run("init", "--pull", "Frnt desk")
    assert (made.code, _files(desk.root)) == (64, PROJECT)
    assert "Front desk? The project is there: go on with `revox-sync pull`" in made.err
    assert desk.run("pull", "Front desk").code == 0
    assert desk.run("plan", "--detailed-exitcode").code == 0


def test_a_workflow_differs_between_sandbox_and_account_in_nothing_to_delete() -> None:
    account = operation.pipelines(Settings({}), "github", GITHUB)
    sandbox = operation.pipelines(Settings({}, sandbox=True), "github", GITHUB)
    until = re.compile(r"sandbox: \$\{\{ !secrets\.REVOX_API_KEY && .* \|\| '' \}\} # until .*\n")
    for file in WORKFLOWS:
        uses = re.findall(r"uses: (acme/\S+)", account[file])
        assert set(uses) == {f"acme/revox-sync/.github/actions/revox-sync@{GITHUB[-40:]}"}
        assert "sandbox" not in account[file]
        assert re.sub(rf" *{until.pattern}", "", sandbox[file]) == account[file]
    gitlab = operation.pipelines(Settings({}, sandbox=True), "gitlab", GITHUB)[".gitlab-ci.yml"]
    assert '      if test -z "$REVOX_API_KEY"; then\n' in gitlab
    plain = operation.pipelines(Settings({}), "gitlab", GITHUB)[".gitlab-ci.yml"]
    assert re.sub(r"    # Until.*?\n      fi\n", "", gitlab, flags=re.DOTALL) == plain


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_a_pipeline_installs_any_requirement(ci: operation.CI) -> None:
    for sandbox in (False, True):
        for requirement, installed in [
            ("revox-sync==0.1.0", "revox-sync[sandbox]==0.1.0" if sandbox else "revox-sync==0.1.0"),
            ("revox-sync[sandbox]==0.1.0",) * 2,
        ]:
            files = operation.pipelines(Settings({}, sandbox=sandbox), ci, requirement)
            for text in files.values():
                YAML(typ="safe").load(text)
                assert f"install --quiet {shlex.quote(installed)}\n" in text
                assert not re.search(r"\$/|OWNER|REPOSITORY|\bCOMMIT\b", text)
                assert ("--sandbox" in text) == (sandbox and "REVOX_API_KEY" in text)


def test_a_copy_that_nobody_else_has_is_in_no_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "source", lambda environ: None)
    made = cli.invoke("init", "--ci", "github", env={}, cwd=tmp_path)
    assert (made.code, _files(tmp_path)) == (64, set())
    assert "--from git+https://github.com/OWNER/revox-sync@COMMIT" in made.err
    monkeypatch.setattr(operation, "source", lambda environ: source_of(GITHUB))
    assert cli.invoke("init", "--ci", "github", env={}, cwd=tmp_path).code == 0
    assert _files(tmp_path) >= WORKFLOWS


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")
@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_pipelines_of_a_project_below_the_top_are_moved_there(tmp_path: Path, ci: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "voice/night desk").mkdir(parents=True)
    options = ["--project", "voice/night desk", "--ci", ci, "--from", GITHUB]
    made = cli.invoke("init", *options, env={}, cwd=tmp_path)
    (move,) = re.findall(r"^  (mv .*?)  # .* --project voice/night desk ", made.out, re.MULTILINE)
    subprocess.run(shlex.split(move), cwd=tmp_path, check=True)
    written = WORKFLOWS if ci == "github" else {".gitlab-ci.yml"}
    assert all((tmp_path / file).is_file() for file in written)
    assert "  mv " not in cli.invoke("init", *options[2:], env={}, cwd=tmp_path).out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminal")
def test_on_a_terminal_it_asks(desk: Desk) -> None:
    desk.service.add("Front desk")
    desk.service.add("Night")
    with desk.terminal("init") as session:
        session.wait_for("account, sandbox")
        session.type("what\n")
        session.wait_for("please answer account or sandbox")
        session.type("\n")
        session.wait_for("Refuse keys of other organizations")
        session.type("n\n")
        session.wait_for("Which assistants to pull?")
        session.type("Night\n")
        session.wait_for("Write pipelines?")
        session.type("\n")
        assert session.end() == 0, session.shown
    assert "it reaches 2 assistants" in session.shown
    assert _files(desk.root) == PROJECT | {"assistants/night.yaml"}
    assert "organization_id" not in (desk.root / "revox-sync.yaml").read_text()


@pytest.mark.parametrize(("where", "ci"), [(GITHUB, "gitlab"), ("", None)])
def test_it_asks_where_pipelines_find_a_copy_that_nobody_else_has(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str, ci: str | None
) -> None:
    monkeypatch.setattr(installation, "source", lambda environ: None)
    answers = iter(["account", "no", "gitlab", where])
    streams: Any = SimpleNamespace(ask=lambda _: next(answers), remark=lambda _: None)
    _, wanted = command._ask(GlobalSettings(environ=desk.env), streams)
    assert wanted == operation.Init(None, ci, where or None, pin=False)  # type: ignore[arg-type]
