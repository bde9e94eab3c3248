"""Help, explanations and completion."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support import cli
from support.desk import Desk
from support.project import Project

from revox_sync.cli.main import root
from revox_sync.cli.options import Command
from revox_sync.definitions.lint import ACROSS_RULES, RULES
from revox_sync.model.fields import FIELDS


def _commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from _commands(found, *names, name)
        elif found is not None:
            yield (*names, name), found


def test_every_command_has_an_example_that_it_understands(project: Project) -> None:
    for names, found in _commands(root):
        assert isinstance(found, Command) and found.example, names
        example = found.example.removeprefix('eval "$(').removesuffix(')"')
        words = shlex.split(example.partition(" > ")[0])
        assert tuple(words[: len(names) + 1]) == ("revox-sync", *names)
        rest = words[len(names) + 1 :]
        found.make_context(names[-1], rest, help_option_names=["-h", "--help"])
        shown = cli.invoke(*names, "--help", env={}, cwd=project.root)
        assert found.example in shown.out, names


def test_the_main_help_names_the_key_the_order_and_the_documentation(project: Project) -> None:
    told = " ".join(cli.invoke("--help", env={"COLUMNS": "80"}, cwd=project.root).out.split())
    assert "REVOX_API_KEY" in told
    order = [told.index(f"`{name}`") for name in ("pull", "plan", "apply", "rollback")]
    assert order == sorted(order)
    assert "README.md and docs/" in told


def test_every_field_member_key_and_rule_is_explained(project: Project) -> None:
    rules = [*(rule.id for rule in RULES), *(rule.id for rule in ACROSS_RULES)]
    members = ["voice.speed", "custom_tools[refund].url", "llm_model.api_key", "sync.id"]
    for name in (*FIELDS, *rules, *members, "absent", "environments.api_key_env"):
        told = cli.invoke("explain", name, "--format", "json", env={}, cwd=project.root)
        assert told.code == 0, name
        assert told.json["meaning"], name
    told = cli.invoke("explain", "voice.speed", env={}, cwd=project.root).out
    for words in ("How fast", "at least 0.6", "1.0", "the first API", "by value", "voice-speed"):
        assert words in told
    assert "with `null`" in cli.invoke("explain", "sms_template", env={}, cwd=project.root).out
    for name, kind in [
        ("first_sentence", "text or null"),
        ("faq_items", "list"),
        ("voice", "object or null"),
        ("first_sentence_delay_ms", "whole number"),
        ("prompt", "text or list"),
        ("sync.id", "text or object"),
        ("limits.create", "whole number or text"),
    ]:
        told = cli.invoke("explain", name, "--format", "json", env={}, cwd=project.root)
        assert told.json["facts"]["type"] == kind
    told = cli.invoke("explain", "llm_model.type", env={}, cwd=project.root).out
    assert "dedicated-instance, openrouter, custom, realtime" in told
    wrong = cli.invoke("explain", "voices", env={}, cwd=project.root)
    assert (wrong.code, "did you mean voice?" in wrong.err) == (64, True)


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("first_sentence", "plan and drift show what was set"),
        ("stt_model", "no documented default"),
        ("prompt_flow", "never drift"),
        ("voice.id", "an error"),
        ("call_retry_config.calling_windows.retry_delay_seconds", "an error"),
        ("call_retry_config.call_twice_in_a_row", "compared with the default"),
        ("slack.template", "plan and drift show it"),
    ],
)
def test_what_leaving_it_out_means_is_explained(project: Project, name: str, absent: str) -> None:
    told = cli.invoke("explain", name, "--format", "json", env={}, cwd=project.root)
    assert absent in told.json["facts"]["absent"]


def _completed(desk: Desk, *typed: str) -> list[str]:
    env = {
        "_REVOX_SYNC_COMPLETE": "bash_complete",
        "COMP_WORDS": shlex.join(["revox-sync", *typed]),
        "COMP_CWORD": str(len(typed)),
    }
    done = cli.execute(env=env, cwd=desk.root)
    assert done.code == 0, done.err
    return [line.partition(",")[2] for line in done.out.splitlines()]


def test_a_shell_completes_what_the_project_has(desk: Desk) -> None:
    desk.project.define("hotel/front-desk")
    desk.project.define("hotel/night-desk")
    desk.project.write("assistants/_shared/x.yaml", "[]")
    desk.project.write("revox-sync.yaml", "environments: {staging: {}, production: {}}\n")
    desk.project.write(".revox-sync/runs/20260101T000000Z-ab/journal.jsonl", "")
    assert _completed(desk, "plan", "hotel/n") == ["hotel/night-desk"]
    assert _completed(desk, "apply", "") == ["hotel/front-desk", "hotel/night-desk"]
    assert _completed(desk, "plan", "--env", "st") == ["staging"]
    assert _completed(desk, "rollback", "2") == ["20260101T000000Z-ab"]
    assert _completed(desk, "explain", "voice-") == ["voice-speed"]
    assert _completed(desk, "explain", "voice") == [
        "voicemail_message",
        "voicemail_sms_prompt",
        "voice",
        "voice-speed",
    ]
    assert "voice.speed" in _completed(desk, "explain", "voice.")
    assert _completed(desk, "explain", "sync.re") == ["sync.renamed_from", "sync.replace"]
    assert _completed(desk, "explain", "pru") == ["prune"]
    assert _completed(desk, "rollb") == ["rollback"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(desk: Desk, shell: str) -> None:
    told = desk.run("completion", shell)
    assert (told.code, f"_REVOX_SYNC_COMPLETE={shell}_complete" in told.out) == (0, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")
@pytest.mark.parametrize(
    ("typed", "offered"), [("ho", r"hotel/night\ desk"), ("'ho", "hotel/night desk")]
)
def test_bash_quotes_a_key_with_a_space(
    desk: Desk, tmp_path: Path, typed: str, offered: str
) -> None:
    program = tmp_path / "revox-sync"
    program.write_text("#!/bin/sh\necho 'plain,hotel/night desk'\n")
    program.chmod(0o755)
    script = f"""{desk.run("completion", "bash").out}
COMP_WORDS=(revox-sync plan "$1"); COMP_CWORD=2
_revox_sync_completion {program}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    command = ["/usr/bin/env", "bash", "-c", script, "bash", typed]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{offered}\n"
