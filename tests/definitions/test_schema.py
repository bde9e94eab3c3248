"""What editors are told agrees with what ``validate`` says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from ruamel.yaml import YAML
from support import cli, scripts
from support.project import Project

from revox_sync.definitions.editor import schema
from revox_sync.definitions.keys import PROJECT_KEYS, SYNC_KEYS
from revox_sync.model.fields import FIELDS
from revox_sync.operations.explain import explain

ROOT = Path(__file__).parents[2]
LEAST = "name: Front desk\nprompt: Be kind.\n"

#: Sound for both.
SOUND = [
    LEAST,
    "name: A\nprompt: {file: prompt.md}\n",
    "name: A\nprompt: [Be kind., {file: prompt.md}]\n",
    "name: '{{hotel}} and $${x}'\nprompt: ${var.word} ${secret.WORD_OF_OURS}\n",
    f"{LEAST}max_call_duration_secs: ${{var.number}}\n",
    f"{LEAST}first_sentence_mode: ${{var.mode}}\nfirst_sentence: Hello.\n",
    f"{LEAST}faq_items: {{file: _faq.yaml}}\n",
    f"{LEAST}faq_items: [{{file: _faq.yaml}}, {{question: q, answer: {{file: prompt.md}}}}]\n",
    f"{LEAST}voicemail_message: null\nvoice: {{provider: cartesia, id: x, speed: 0.6}}\n",
    f"{LEAST}stt_context: {{general: [], terms: [Lumière, {{file: prompt.md}}]}}\n",
    f"{LEAST}llm_model: {{type: openrouter, openrouter_model_id: a, openrouter_provider: b}}\n",
    f"{LEAST}sync: {{id: 5d0c}}\n",
    f"{LEAST}sync: {{renamed_from: Old, replace: in-place, ignore: [voice]}}\n",
    f"{LEAST}sync: {{extra: {{new_field: [1, {{a: b}}]}}}}\n",
]

#: Refused by both.
UNSOUND = [
    "prompt: Be kind.\nsync: {id: 5d0c}\n",
    "prompt: Be ${secret.WORD_OF_OURS}.\n",
    f"{LEAST}pronpt: x\n",
    f"{LEAST}max_call_duration_secs: ten minutes\n",
    f"{LEAST}max_call_duration_secs: '${{secret.NUMBER_OF_OURS}}'\n",
    f"{LEAST}max_call_duration_secs: {{file: prompt.md}}\n",
    f"{LEAST}first_sentence_delay_ms: -1\n",
    f"{LEAST}first_sentence_mode: loud\n",
    f"{LEAST}first_sentence_mode: null\n",
    f"{LEAST}voice: {{provider: cartesia, id: ''}}\n",
    f"{LEAST}voice: {{provider: cartesia, id: x, speed: 1.6}}\n",
    f"{LEAST}voice: {{provider: cartesia}}\n",
    f"{LEAST}voice: {{file: _faq.yaml}}\n",
    f"{LEAST}faq_items: {{file: prompt.md}}\n",
    f"{LEAST}faq_items: [{{question: q}}]\n",
    f"{LEAST}faq_items: null\n",
    f"{LEAST}llm_model: {{type: gpt}}\n",
    f"{LEAST}first_sentence: ${{env.HOME}}\n",
    f"{LEAST}first_sentence: ${{var.word\n",
    "name: ${secret.WORD_OF_OURS}\nprompt: x\n",
    "name: A\nprompt: []\n",
    "name: A\nprompt: {file: _faq.yaml}\n",
    "name: A\nprompt: {file: '${var.word}.md'}\n",
    f"{LEAST}sync: {{ignore: [name]}}\n",
    f"{LEAST}sync: {{replace: never}}\n",
    f"{LEAST}sync: {{ids: x}}\n",
    f"{LEAST}sync: {{manage: []}}\n",
    f"{LEAST}sync: {{extra: {{prompt: x}}}}\n",
    f"{LEAST}sync: {{id: ../x}}\n",
    f"{LEAST}sync: {{renamed_from: {{file: prompt.md}}}}\n",
]

PROJECTS = [
    ("assistants: assistants/\ndefaults: {voicemail_message: '${secret.WORD_OF_OURS}'}\n", True),
    ("absent: reset\nprune: true\nretire: keep\nreplace: recreate\nprofile: seed\n", True),
    ("limits: {create: 20, replace: 50%, delete: 0}\nignore: [voice]\n", True),
    ("vars: {word: a, number: 1, flag: true}\norganization_id: org_1\n", True),
    ("environments: {staging: {api_key_env: REVOX_API_KEY_STAGING}, production: null}\n", True),
    ("manage: [name, prompt]\nrequire: '>=0.1'\n", True),
    ("absent: never\n", False),
    ("prune: 1\n", False),
    ("limits: {create: -1}\n", False),
    ("limits: {replace: 101%}\n", False),
    ("limits: {replaces: 1}\n", False),
    ("environments: {staging: {api_key_env: GITHUB_TOKEN}}\n", False),
    ("environments: {}\n", False),
    ("vars: {1word: a}\n", False),
    ("vars: {word: [a]}\n", False),
    ("vars: {word: '${var.other}'}\n", False),
    ("defaults: {name: A}\n", False),
    ("defaults: {voice: {provider: acme, id: x}}\n", False),
    ("organization_id: ''\n", False),
    ("ignore: [voices]\n", False),
    ("environment: {}\n", False),
    ("require: '>=0.0.1, <99'\n", True),
    ("require: latest\n", False),
    ("require: '>=0.1,'\n", False),
    *((f"assistants: {folder}\n", True) for folder in ("./assistants", "assistants//")),
    *((f"assistants: {folder}\n", False) for folder in ("''", ".", "./", "/a", "../a", "..")),
]


def _accepts(kind: Any, text: str) -> bool:
    data = YAML(typ="safe").load(text)
    return not list(Draft202012Validator(json.loads(schema(kind))).iter_errors(data))


@pytest.fixture
def ready(project: Project) -> Project:
    """A project with what the definitions refer to."""
    project.write("assistants/prompt.md", "Be kind.\n")
    project.write("assistants/_faq.yaml", "- {question: q, answer: a}\n")
    return project


def _validates(project: Project) -> bool:
    env = {"REVOX_SECRET_NUMBER_OF_OURS": "12345678", "REVOX_SECRET_WORD_OF_OURS": "long-enough"}
    done = cli.invoke("validate", "--format", "json", env=env, cwd=project.root)
    assert done.code in (0, 1), done.err
    _say_what_to_do(done.json["diagnostics"])
    return done.code == 0


def _say_what_to_do(diagnostics: list[dict[str, Any]]) -> None:
    """Fail where a problem has no next step, or names something that `explain` does not know."""
    for found in diagnostics:
        assert found["hint"], found
        for name in re.findall(r"`revox-sync explain (\S+)`", found["hint"]):
            assert explain(name)["meaning"], found


@pytest.mark.parametrize(("sound", "texts"), [(True, SOUND), (False, UNSOUND)])
def test_a_definition_is_sound_for_both_or_for_neither(
    ready: Project, sound: bool, texts: list[str]
) -> None:
    ready.write("revox-sync.yaml", "vars: {word: a, number: 5, mode: static}\n")
    for text in texts:
        ready.write("assistants/a.yaml", text)
        assert (_validates(ready), _accepts("definition", text)) == (sound, sound), text


def test_a_project_file_is_sound_for_both_or_for_neither(ready: Project) -> None:
    ready.write("assistants/a.yaml", LEAST)
    for text, sound in PROJECTS:
        ready.write("revox-sync.yaml", text)
        env = {"REVOX_SYNC_ENV": "staging"} if "staging" in text else {}
        done = cli.invoke("validate", "--format", "json", env=env, cwd=ready.root)
        assert (done.code == 0, _accepts("project", text)) == (sound, sound), (text, done.out)
        _say_what_to_do(done.json["diagnostics"])


def test_the_examples_are_sound_and_name_the_schema() -> None:
    found = [
        path
        for path in (ROOT / "assistants").rglob("*.yaml")
        if not any(part.startswith("_") for part in path.parts)
    ]
    assert len(found) == 8
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert _accepts("definition", text), path
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert named, path
        assert json.loads((path.parent / named[1]).read_text("utf-8")) == json.loads(
            schema("definition")
        )
    assert _accepts("project", (ROOT / "revox-sync.yaml").read_text("utf-8"))


def test_the_schemas_are_what_their_script_writes() -> None:
    for path, text in scripts.load("write_schema").files().items():
        assert path.read_text(encoding="utf-8") == text, "run python scripts/write_schema.py"


def test_they_know_every_key_and_explain_each(project: Project) -> None:
    printed = cli.invoke("schema", env={}, cwd=project.root)
    assert printed.code == 0
    definition = printed.json["properties"]
    assert definition.keys() == {*FIELDS, "sync"}
    assert definition["sync"]["properties"].keys() == SYNC_KEYS.keys()
    printed = cli.invoke("schema", "--project-file", env={}, cwd=project.root)
    assert printed.json["properties"].keys() == PROJECT_KEYS.keys()
    assert all(
        one["description"] for one in (*definition.values(), *printed.json["properties"].values())
    )


class _Server:
    """The language server that editors run, over its pipes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._last = 0

    def send(self, method: str, **params: Any) -> Any:
        """Send a request, or a notification; return the answer of a request."""
        is_request = not method.startswith("textDocument/did") and method != "initialized"
        self._last += is_request
        identity = {"id": self._last} if is_request else {}
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **identity})
        assert self._process.stdin
        self._process.stdin.write(f"Content-Length: {len(body.encode())}\r\n\r\n{body}".encode())
        self._process.stdin.flush()
        return self._until(lambda told: told.get("id") == self._last) if is_request else None

    def problems(self) -> list[str]:
        """Return what is wrong in the file that was opened last."""
        told = self._until(lambda told: told.get("method") == "textDocument/publishDiagnostics")
        return [str(one["message"]) for one in told["params"]["diagnostics"]]

    def _until(self, wanted: Any) -> Any:
        assert self._process.stdout
        while True:
            length = 0
            while line := self._process.stdout.readline().strip():
                length = (
                    int(line.split(b":")[1]) if line.lower().startswith(b"content-l") else length
                )
            told = json.loads(self._process.stdout.read(length))
            if "method" in told and "id" in told:  # it asks for settings
                answer = json.dumps({"jsonrpc": "2.0", "id": told["id"], "result": [None] * 9})
                assert self._process.stdin
                head = f"Content-Length: {len(answer)}\r\n\r\n"
                self._process.stdin.write((head + answer).encode())
                self._process.stdin.flush()
            elif wanted(told):
                return told


@contextmanager
def _language_server(root: Path) -> Iterator[_Server]:
    program = os.environ.get("YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
    if program is None:
        pytest.skip("yaml-language-server is not installed")
    process = subprocess.Popen(
        [program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=-1
    )
    try:
        server = _Server(process)
        server.send("initialize", processId=None, rootUri=root.as_uri(), capabilities={})
        server.send("initialized")
        yield server
    finally:
        process.kill()
        process.communicate()


def test_the_language_server_completes_explains_and_refuses(project: Project) -> None:
    project.write("assistants/_definition.schema.json", schema("definition"))
    head = "# yaml-language-server: $schema=_definition.schema.json\n"
    with _language_server(project.root) as server:

        def opened(name: str, text: str) -> tuple[dict[str, str], list[str]]:
            path = project.write(f"assistants/{name}.yaml", head + text)
            document = {
                "uri": path.as_uri(),
                "languageId": "yaml",
                "version": 1,
                "text": head + text,
            }
            server.send("textDocument/didOpen", textDocument=document)
            return {"uri": path.as_uri()}, server.problems()

        good, problems = opened("good", f"{LEAST}max_call_duration_secs: ${{var.n}}\n")
        assert problems == []
        at = {"line": 2, "character": 3}
        shown = server.send("textDocument/hover", textDocument=good, position=at)
        assert "What the assistant is told" in shown["result"]["contents"]["value"]
        _, problems = opened(
            "bad", f"{LEAST}voice: {{provider: cartesia, id: x, speed: 9}}\npromt: x\n"
        )
        assert any("promt" in one for one in problems), problems
        assert any("1.5" in one for one in problems), problems
        begun, _ = opened("begun", f"{LEAST}first_sentence_mode: \n")
        at = {"line": 3, "character": 21}
        offered = server.send("textDocument/completion", textDocument=begun, position=at)["result"]
        labels = {one["label"] for one in offered.get("items", offered)}
        assert {"static", "generated", "none"} <= labels
        begun, _ = opened("keys", f"{LEAST}voice:\n  \nsync:\n  ")
        for line, column, keys in (
            (1, 0, FIELDS.keys() - {"name", "prompt", "voice"}),
            (4, 2, {"provider", "id", "speed"}),
            (6, 2, SYNC_KEYS.keys()),
        ):
            at = {"line": line, "character": column}
            found = server.send("textDocument/completion", textDocument=begun, position=at)
            offered = found["result"]
            assert keys <= {one["label"] for one in offered.get("items", offered)}, line


def test_the_language_server_takes_this_repository() -> None:
    """Every example and the project file, as they stand, and a project file with a mistake."""
    with _language_server(ROOT) as server:

        def problems(path: Path, text: str) -> list[str]:
            document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
            server.send("textDocument/didOpen", textDocument=document)
            return server.problems()

        for path in (*ROOT.glob("assistants/*/[!_]*.yaml"), ROOT / "revox-sync.yaml"):
            text = path.read_text(encoding="utf-8")
            assert problems(path, text) == [], path
        (told,) = problems(path.with_name("other.yaml"), f"{text}\nprunes: true\n")
        assert "prunes" in told


def test_a_project_says_which_versions_may_read_it(ready: Project) -> None:
    """What else is unknown in it may be known to another version, so nothing else is told."""
    ready.write("assistants/a.yaml", f"{LEAST}pronpt: x\n")
    for stated, told in [
        ('">=99"', "this project requires revox-sync >=99; this is"),
        ("'<0.0.1, >=0'", "this project requires revox-sync <0.0.1, >=0"),
        ("latest", "`require` wants versions of revox-sync"),
    ]:
        ready.write("revox-sync.yaml", f"require: {stated}\nlater: 1\n")
        done = cli.invoke("validate", env={}, cwd=ready.root)
        assert (done.code, told in done.out, "later" in done.out) == (1, True, False), done.out
    ready.write("revox-sync.yaml", "require: '>=0.0.1, <99'\n")
    assert "pronpt" in cli.invoke("validate", env={}, cwd=ready.root).out
