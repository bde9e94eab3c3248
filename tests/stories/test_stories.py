"""Stories: files, an account, commands, and everything that the commands say and send.

A story is a text. Its first line says what it shows; then comes one step after the other:

    -- PATH --          a file of the project, up to the next step
    * add: {…}          a method of the test service, and what it is given
    // …                a remark
    $ revox-sync …      a command, with everything that came of it
    $ git …             ``commit`` takes all files; the clock stands still
    $ swap PATH A B     A becomes B in a file
    $ cat PATH          the last one of a glob; also ``rm`` and ``set NAME VALUE``

Below a command stand its stdout, its stderr (``!``), what it read (``?``), how long it
waited for reads that may lag (``=``), what it wrote (``>``), what that changed in the account
(``-`` before, ``+`` after), and its exit code unless that is 0. Ports, times and digests are left
out, and in JSON what is empty.

After a change that is meant: ``REVOX_SYNC_GOLDEN=write pytest tests/stories``. Then read the
difference: it is the review of what the tool says and sends.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.contract import FRESH, REQUEST_FIELDS
from support.desk import Desk
from support.service import KEEP, SEARCH, Recorded

from revox_sync.history import runs

STORIES = sorted(Path(__file__).parent.glob("*.txt"))

_STEP = re.compile(r"^(?=-- .+ --$|(?:[*$]|//) )", re.MULTILINE)
_GIT = {
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_PARAMETERS": "'maintenance.auto=false'",
}
#: What an assistant has that nobody ever set, and that nothing says so of.
_FRESH = (
    *("first_sentence_mode", "background_sound_volume", "thinking_sound_probability"),
    *("thinking_sound_volume", "ivr_navigation_enabled", "max_call_duration_secs"),
    *("llm_model", "stt_model", "sms_enabled"),
)
#: What is another one in every run, or says nothing, and what stands in its place.
_PASSING = (
    (re.compile('"?,\\s+"?'.join(_FRESH)), "FRESH"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "https://revox.test"),
    (re.compile(r"\b\d{6}-\d{8}T\d{6}Z"), "RUN"),
    (re.compile(r"\b\d+ seconds old"), "N seconds old"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "NOW"),
    (re.compile(r'"[0-9a-f]{8}-[0-9a-f-]{27}"'), '"ID"'),
    (re.compile(r'"(fingerprint|digest)": "sha256:[0-9a-f]{64}"'), r'"\1": null'),
)


class Story:
    """Tells a story anew, step by step."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._service = desk.service
        self._service.habits = replace(self._service.habits, ids="prefixed")
        desk.env["COLUMNS"] = "100"
        self._git("init", "--quiet", "--initial-branch=main")

    def told(self, text: str) -> str:
        """Return the story with everything that its commands say and send now."""
        title, *steps = _STEP.split(text)
        return title + "".join(map(self._step, steps))

    def _step(self, step: str) -> str:
        first, _, rest = step.partition("\n")
        if step.startswith("* "):
            self._account(step[2:])
        elif step.startswith("-- "):
            self._desk.project.write(first[3:-3], rest.rstrip("\n") + "\n")
        elif step.startswith("$ "):
            came = (line.rstrip() + "\n" for line in self._command(shlex.split(first[2:])))
            return f"{first}\n{''.join(came)}\n"
        return step

    def _account(self, step: str) -> None:
        """Let something be so, or happen, in the account."""
        for name, given in YAML(typ="safe").load(step).items():
            those = list(given) if isinstance(given, list) else [given] * (given is not None)
            named: dict[str, Any] = those.pop() if those and isinstance(those[-1], dict) else {}
            if name == "habits":
                self._service.habits = replace(self._service.habits, **named)
            elif name == "notice":
                self._service.notice = named
            elif name == "hide":
                self._service.hidden.update(those)
            elif name == "alter":
                for field, value in named.items():
                    self._service.alterations[field] = partial(_stored, value)
            else:
                if "edit" in named:
                    named["edit"] = partial(self._account, json.dumps(named["edit"]))
                getattr(self._service, name)(*those, **named)

    def _command(self, words: list[str]) -> Iterator[str]:
        program, *given = words
        if program == "revox-sync":
            yield from self._run(given)
        elif program == "git":
            self._git(*given)
        elif program == "set":
            self._desk.env[given[0]] = given[1]
        elif program == "rm":
            gone = self._desk.root / given[0]
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
        elif program == "cat":
            file = max(self._desk.root.glob(given[0]))
            yield from _indented(_lasting(file.read_text(encoding="utf-8")))
        elif program == "swap":
            path, old, new = (one.replace("\\n", "\n") for one in given)
            text = (self._desk.root / path).read_text(encoding="utf-8")
            assert old in text, given
            self._desk.project.write(path, text.replace(old, new))
        else:
            raise AssertionError(words)

    def _git(self, *given: str) -> None:
        if given[0] == "commit":
            self._git("add", "--all", ":!.revox-sync")
            given = ("commit", "--quiet", "--allow-empty", "--message", "Change")
        env = {"PATH": os.environ["PATH"], **_GIT}
        subprocess.run(["git", *given], cwd=self._desk.root, env=env, check=True)  # noqa: S607

    def _run(self, given: list[str]) -> Iterator[str]:
        if given[0] in ("apply", "delete", "rollback") and "--parallelism" not in given:
            given = [*given, "--parallelism", "1"]  # in the order of their keys
        before, sent, asked = self._lines(), len(self._service.writes), len(self._service.requests)
        since = self._service.now()
        result = self._desk.run(*given)
        waited = self._service.now() - since
        yield from _indented(_lasting(result.out))
        yield from (f"! {line}" for line in _lasting(result.err).splitlines())
        reads = Counter(one.path for one in self._service.requests[asked:] if _reads(one))
        told = (f"{path} {count}x" if count > 1 else path for path, count in sorted(reads.items()))
        yield from [f"? {', '.join(told)}"] * bool(reads)
        yield from [f"= {waited:.3g} s"] * bool(waited)
        for request in self._service.writes[sent:]:
            body = "" if request.body is None else json.dumps(request.body, ensure_ascii=False)
            yield f"> {request.method} {request.path} {body}"
        after = self._lines()
        yield from (f"- {line}" for line in before if line not in after)
        yield from (f"+ {line}" for line in after if line not in before)
        if result.code:
            yield f"[{result.code}]"

    def _lines(self) -> list[str]:
        """Return the account, a line for each assistant and phone number."""
        fresh = dict.fromkeys(REQUEST_FIELDS[self._service.habits.generation])
        fresh |= {**FRESH[self._service.habits.generation], "faq_items": []}
        own = ("id", "organization_id", "created_at", "updated_at")
        lines = []
        for identity, held in self._service.assistants.items():
            told = {k: v for k, v in held.items() if k not in own and fresh.get(k, "") != v}
            lines.append(f"{identity} {_lasting(json.dumps(told, ensure_ascii=False))}")
        return lines + [f"{number} -> {to}" for number, to in self._service.answered().items()]


def _reads(request: Recorded) -> bool:
    return request.method == "GET" or request.path == SEARCH


def _stored(value: Any, _: Any) -> Any:
    return KEEP if value == "keep" else value


def _lasting(text: str) -> str:
    for passing, name in _PASSING:
        text = passing.sub(name, text)
    return text


def _indented(text: str) -> Iterable[str]:
    """Return a text as it stands below a command; JSON in few lines."""
    with suppress(ValueError):
        text = _shown(json.loads(text))
    return (f"  {line}" for line in text.splitlines())


def _shown(value: Any, indent: str = "") -> str:
    """Return JSON without what is empty, in as few lines as can be read."""
    value = _full(value)
    line = json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= 98 or not isinstance(value, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        parts, (begin, end) = [_shown(one, deeper) for one in value], "[]"
    else:
        parts = [f"{json.dumps(name)}: {_shown(one, deeper)}" for name, one in value.items()]
        begin, end = "{}"
    return begin + ",".join(f"\n{deeper}{part}" for part in parts) + f"\n{indent}{end}"


def _full(value: Any) -> Any:
    if isinstance(value, list):
        return [_full(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _full(one) for name, one in value.items() if one not in (None, [], {}, "", False)}


@pytest.mark.usefixtures("hurried", "waits_take_no_time")
@pytest.mark.parametrize("story", STORIES, ids=[story.stem for story in STORIES])
def test_it_goes_as_the_story_says(
    story: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Earlier runs ended half a second ago, however slow this machine is.
    monkeypatch.setattr(runs, "_seconds_since", lambda _: 0.5)
    text = story.read_text(encoding="utf-8")
    told = Story(desk).told(text).rstrip("\n") + "\n"
    if os.environ.get("REVOX_SYNC_GOLDEN") == "write":
        story.write_text(told, encoding="utf-8", newline="\n")
    assert told.splitlines() == text.splitlines()
