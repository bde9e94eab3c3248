"""The commands of the documents do what the documents say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
from support.cli import Result
from support.desk import Desk

from revox_sync.cli.main import root

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROMPT = "You answer the telephone of a small hotel."

_RECIPE = re.compile(r"<!-- recipe: (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
_RECIPES = dict(_RECIPE.findall((ROOT / "docs/recipes.md").read_text(encoding="utf-8")))
_WRITES = ("apply", "rollback", "delete")

#: What a recipe's commands say.
_SAID = {
    "prompt": ["a big hotel", "1 done"],
    "rename": ["1 definition bound", "Welcome desk"],
    "adopt": ["night.yaml", "Nothing to do"],
    "environments": ["1 unchanged", "1 unchanged"],
    "rollback": ["1 done", "1 done", "Nothing to do"],
    "questions": ["Do you take dogs?", "1 done"],
    "remove": ["deleted"],
    "drift": ["first_sentence", "front-desk.yaml: first_sentence"],
}


def _play(desk: Desk, script: str) -> list[Result]:
    """Run a script line by line: revox-sync in this process, with a yes, and sh for the rest."""
    done: list[Result] = []
    lines = iter(script.splitlines())
    for line in lines:
        if line.startswith("revox-sync "):
            words = shlex.split(line, comments=True)[1:]
            writes = not {*_WRITES}.isdisjoint(words[:2]) and "--list" not in words
            yes = ["--auto-approve"] if writes else []
            done.append(desk.run(*words, *yes))
            continue
        text = line
        while "<<'END'" in text and not text.endswith("\nEND"):
            text += "\n" + next(lines)
        ran = subprocess.run(
            ["/bin/sh", "-ec", text], cwd=desk.root, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, (text, ran.stderr)
    return done


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the author of commits a name."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.com")


@pytest.mark.skipif(os.name == "nt", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize("name", sorted(_RECIPES))
def test_a_recipe_does_what_it_says(desk: Desk, named: None, name: str) -> None:
    desk.env["REVOX_API_KEY_STAGING"] = desk.env["REVOX_API_KEY"]
    desk.service.add("Front desk", PROMPT)
    desk.project.write("revox-sync.yaml", "assistants: assistants/\n")
    desk.project.write("assistants/front-desk.yaml", f"name: Front desk\nprompt: {PROMPT}\n")
    _play(desk, "git init -q\necho .revox-sync/ > .gitignore\ngit add .\ngit commit -qm first")
    if name == "adopt":
        desk.service.add("Night")
    if name == "drift":
        next(iter(desk.service.assistants.values()))["first_sentence"] = "Hi."
    done = _play(desk, _RECIPES[name])
    wanted = [2 if name == "drift" and not at else 0 for at in range(len(done))]
    assert [one.code for one in done] == wanted, [one.said for one in done]
    said = "\n".join(one.out for one in done)
    for words in _SAID[name]:
        assert words in said, said
    if name == "drift":
        assert "first_sentence: Hi." in (desk.root / "assistants/front-desk.yaml").read_text()


#: What each command of the walk ends with, and says.
_WALK = [
    ("init", 0, "revox-sync --sandbox plan  # shows what apply would create"),
    ("plan", 0, "Plan: 1 to create"),
    ("apply", 0, "created  front-desk"),
    ("plan", 0, "{+big+}"),
    ("apply", 0, "replaced front-desk"),
    ("plan", 1, "did you mean first_sentence?"),
    ("explain", 0, "The opening line"),
    ("apply", 0, "replaced front-desk"),
    ("drift", 2, "Good morning"),
    ("rollback", 0, "front-desk"),
    ("drift", 0, "No drift"),
    ("plan", 0, "Nothing to do"),
]


@pytest.mark.skipif(os.name == "nt", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize("columns", [80, 120])
def test_the_first_ten_minutes(desk: Desk, named: None, columns: int) -> None:
    desk.env = {"COLUMNS": str(columns)}
    (desk.root / "assistants").rmdir()
    script = (ROOT / "scripts/walk.sh").read_text(encoding="utf-8")
    assert "REVOX_API_KEY" not in script
    done = _play(desk, script)
    commands = re.findall(r"^revox-sync (?:--sandbox )?(\w+)", script, re.MULTILINE)
    assert commands == [command for command, *_ in _WALK]
    for (command, code, words), one in zip(_WALK, done, strict=True):
        assert (one.code, words in one.said) == (code, True), (command, one.said)
        assert max(map(len, one.out.splitlines()), default=0) <= columns, one.out


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_of_a_document_is_one(path: Path) -> None:
    """Its options and arguments are understood; placeholders stand for any value."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"`revox-sync ([^`\n]+)`", text)
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        found += re.findall(r"^ *(?:\S+/)?revox-sync (.+)$", block, re.MULTILINE)
    for line in found:
        words = shlex.split(line.replace("…", "x").split("#")[0].split(" > ")[0].split(" && ")[0])
        words = [word.strip("[]") for word in words if word != "|"]
        if "COMMAND" in words or words[-1] == "x" or words[0] in ("--version", "--help"):
            continue
        command: click.Command = root
        with root.make_context("revox-sync", list(words)) as context:
            rest = [*context._protected_args, *context.args]
            while isinstance(command, click.Group) and rest:
                _, inner, rest = command.resolve_command(context, rest)
                assert inner is not None, line
                command = inner
        if not any("|" in word for word in words):
            command.make_context(command.name, rest, parent=context).close()


def test_every_message_of_the_troubleshooting_is_one() -> None:
    text = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    messages = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    sources = [path.read_text("utf-8") for path in (ROOT / "revox_sync").rglob("*.py")]
    assert len(messages) > 8
    for message in messages:
        assert any(message in source for source in sources), message
