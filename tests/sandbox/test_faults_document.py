"""Every example of docs/faults.md, run: inside the process as written, and against a server."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import cli
from support.project import Project

DOCUMENT = Path(__file__).parents[2] / "docs/faults.md"


@dataclass(frozen=True)
class Step:
    """A command of a console block, how it ends, and parts of what it says."""

    arguments: tuple[str, ...]
    code: int
    said: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A file of faults and the commands below it."""

    faults: str
    steps: tuple[Step, ...]


def _examples() -> list[Example]:
    text = DOCUMENT.read_text("utf-8")
    pairs = re.findall(r"```yaml\n(.*?)```\n\n```console\n(.*?)```", text, re.DOTALL)
    assert len(pairs) == text.count("```yaml") == text.count("```console") > 0
    return [Example(faults, tuple(_steps(console))) for faults, console in pairs]


def _steps(console: str) -> list[Step]:
    steps = []
    for part in re.split(r"^\$ revox-sync ", console, flags=re.MULTILINE)[1:]:
        line, *said = part.splitlines()
        command, _, code = line.partition("# exit ")
        parts = tuple(part for shown in said for part in shown.split("…") if part)
        steps.append(Step(tuple(shlex.split(command)), int(code), parts))
    return steps


EXAMPLES = _examples()
_WITH_FAULTS = ("--sandbox", "--faults", "faults.yaml")


@pytest.fixture(params=EXAMPLES, ids=lambda example: " ".join(example.faults.split())[:60])
def example(request: pytest.FixtureRequest, project: Project) -> Example:
    """One of them, its file written, in the project that the document speaks of."""
    found: Example = request.param
    faq = {"question": "Do you take dogs?", "answer": "Yes."}
    others = {
        "llm_model": {
            "type": "custom",
            "api_key": "${secret.LLM_KEY}",
            "api_url": "https://llm.example/v1",
            "model_name": "llama-3-70b",
        },
        "transfer_destinations": [{"label": "hotel", "phone_number": "+33159169001"}],
    }
    project.define("front-desk", name="Front desk", faq_items=[faq], **others)
    assert _run(project, "--sandbox", "apply", "--auto-approve").code == 0
    faq["answer"] = "Yes, up to 10 kg."
    prompt = "You answer the telephone of a hotel."
    project.define("front-desk", name="Front desk", prompt=prompt, faq_items=[faq], **others)
    project.define("night-desk", name="Night desk")
    project.write("faults.yaml", found.faults)
    return found


def _run(project: Project, *arguments: str, **env: str) -> cli.Result:
    secret = {"REVOX_SECRET_LLM_KEY": "sk-of-the-model"}
    return cli.invoke(*arguments, env={**secret, **env}, cwd=project.root)


def _strikes(log: str) -> set[str]:
    return set(re.findall(r"INFO: faults\.yaml: rule (\d+)", log))


def test_as_written(example: Example, project: Project) -> None:
    rules = {str(n) for n in range(1, len(re.findall("^-", example.faults, re.MULTILINE)) + 1)}
    assert example.steps[0].arguments[:3] == _WITH_FAULTS
    for number, step in enumerate(example.steps):
        result = _run(project, *step.arguments, "--log-level", "info")
        assert result.code == step.code, result.said
        assert [part for part in step.said if part not in result.said] == [], result.said
        assert _strikes(result.err) == (rules if number == 0 else set())


def test_against_a_server(example: Example, project: Project) -> None:
    """The first command, which is the one with faults; a server keeps them."""
    step = example.steps[0]
    serve = ("sandbox", "serve", "--port", "0", *_WITH_FAULTS[1:])
    with cli.start(*serve, env={}, cwd=project.root) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip().removeprefix("REVOX_BASE_URL=")
            assert url.startswith("http://127.0.0.1:")
            env = {"REVOX_BASE_URL": url, "REVOX_API_KEY": "sandbox"}
            result = _run(project, *step.arguments[3:], **env)
        finally:
            server.kill()
    assert result.code == step.code, result.said
    assert [part for part in step.said if part not in result.said] == [], result.said
