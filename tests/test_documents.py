"""What the documents say is what the code does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import cli, scripts
from support.project import Project

from revox_sync.model.fields import FIELDS

ROOT = Path(__file__).parent.parent


def test_the_rules_document_is_what_its_script_writes() -> None:
    written = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    assert written == scripts.load("write_docs").rules(), "run python scripts/write_docs.py"


def test_the_fields_document_is_what_its_script_writes() -> None:
    written = (ROOT / "docs/fields.md").read_text(encoding="utf-8")
    assert written == scripts.load("write_docs").fields(), "run python scripts/write_docs.py"


def test_the_document_for_programs_is_what_its_script_writes() -> None:
    written = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    assert written == scripts.load("write_docs").for_programs(), "run python scripts/write_docs.py"


def test_the_commands_document_is_what_its_script_writes() -> None:
    written = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert written == scripts.load("write_docs").reference(), "run python scripts/write_docs.py"


def test_every_field_has_one_example_and_nothing_else_has() -> None:
    named = [name for name, _ in scripts.load("write_docs").field_examples()]
    assert sorted(named) == sorted(FIELDS)


def test_the_examples_of_the_fields_are_sound_definitions(project: Project) -> None:
    """One with the fields of today, and one with those that only an earlier API has."""
    examples = dict(scripts.load("write_docs").field_examples())
    gone = {name for name, spec in FIELDS.items() if spec.until is not None}
    today = "".join(text for name, text in examples.items() if name not in gone)
    earlier = "".join(text for name, text in examples.items() if name in {"prompt", *gone})
    project.write("assistants/today.yaml", today)
    project.write("assistants/earlier.yaml", f"name: Earlier\n{earlier}")
    secrets = {"REVOX_SECRET_LLM_KEY": "a-long-key", "REVOX_SECRET_HOOK_TOKEN": "a-long-token"}
    done = cli.invoke("validate", "--format", "json", env=secrets, cwd=project.root)
    assert (done.code, done.json["diagnostics"]) == (0, [])


def _anchors(text: str) -> set[str]:
    """Return what GitHub makes of the headings of a document."""
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize(
    "path", [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], ids=lambda path: path.name
)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target.read_text(encoding="utf-8")), link


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 170


def test_a_pipe_in_a_cell_is_no_border() -> None:
    heads, cells = ("a", "b", "c"), [("x|y", "", "z"), ("1", "", "2")]
    assert scripts.load("write_docs").table(heads, cells) == (
        "| a | c |\n| --- | --- |\n| x\\|y | z |\n| 1 | 2 |\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="the command is written for a POSIX shell")
def test_the_main_command_of_the_readme_ends_with_an_empty_second_plan(tmp_path: Path) -> None:
    """As written, but for the set-up, which needs a package index: the gate runs that as well."""
    for name in ("assistants", "revox-sync.yaml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    steps = scripts.load("readme_commands").command("main").strip().split(" && ")
    assert [step.split()[0] for step in steps[:2]] == ["python3", ".venv/bin/pip"]
    run = (tmp_path / ".venv/bin/revox-sync").resolve()
    run.parent.mkdir(parents=True)
    run.write_text(f"#!/bin/sh\n{cli.shell()}\n", encoding="utf-8")
    run.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", " && ".join(steps[2:])],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Apply: 8 done, 0 failed" in done.stdout
    assert done.stdout.rstrip().endswith("8 unchanged. Nothing to do.")


def test_the_gate_runs_both_commands_of_the_readme() -> None:
    gate = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert re.findall(r"readme_commands\.py (\w+)", gate) == ["main", "tests"]
    for name in ("main", "tests"):
        assert scripts.load("readme_commands").command(name).startswith("python3 -m venv .venv")
