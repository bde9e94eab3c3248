"""``init``: a project to begin with. Nothing that is there is written over."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from revox_sync.authoring.workspace import save
from revox_sync.definitions.editor import Kind, copy_of, modeline, schema
from revox_sync.definitions.project import PROJECT_FILE
from revox_sync.errors import RefusedError, RevoxSyncError, SetupError, UsageError
from revox_sync.files.transaction import STATE, FileChange
from revox_sync.operations.connection import read_project, sound_project
from revox_sync.operations.installation import Package, install_command, source, source_of
from revox_sync.operations.pull import Pull, Pulled, pull
from revox_sync.operations.sandbox import missing_package
from revox_sync.operations.settings import Reporter, Settings, path_in_repository
from revox_sync.operations.status import Status, status
from revox_sync.records import dataclass

CI = Literal["github", "gitlab"]
WORKFLOWS = ("plan", "apply", "drift")

_FOLDER = "assistants"
_EXAMPLE = """\
name: Front desk
prompt: |
  You answer the telephone of a small hotel.
  Be brief, and say when you do not know something.
first_sentence: Hello, how can I help?
"""
_ACTION = re.compile(
    r"^( *)- uses: [.$]/\.github/actions/revox-sync.*\n"
    r"( +with:\n(?: +(?:project|sandbox): .*\n)+)?",
    re.MULTILINE,
)
_OWN_ACTION = "actions/revox-sync"
#: The step of the action that makes a sandbox.
_PUT = "- name: Put a sandbox in the account's place"
_INSTALL = """\
- name: Install revox-sync
  run: |
    python3 -m venv "$RUNNER_TEMP/revox-sync"
    "$RUNNER_TEMP/revox-sync/bin/pip" install --quiet {requirement}
    mkdir "$RUNNER_TEMP/revox-sync/path"
    ln -s ../bin/revox-sync "$RUNNER_TEMP/revox-sync/path/revox-sync"
    echo "$RUNNER_TEMP/revox-sync/path" >> "$GITHUB_PATH"
"""
_SANDBOX = f"""\
{_PUT}
  env:
    PROJECT: {{project}}
    SANDBOX: {{sandbox}}
  run: |
    test -n "$SANDBOX" || exit 0
{{script}}"""


@dataclass(frozen=True, slots=True)
class Init:
    """What to make: ``pull`` names assistants (none: all; None: do not pull).

    ``pin`` allows only keys of the organization that the key belongs to. ``requirement`` says what
    pipelines install.
    """

    pull: tuple[str, ...] | None = None
    ci: CI | None = None
    requirement: str | None = None
    pin: bool = True


@dataclass(frozen=True, slots=True)
class NewProject:
    """The files that were written, those that were there, what was pulled, and what comes next."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    pulled: Pulled | None
    organization: str | None
    next: tuple[tuple[str, str], ...]


def account_status(settings: Settings) -> Status | None:
    """Return what the key reaches; None without a key. SetupError where it reaches nothing."""
    if settings.sandbox or not settings.environ.get("REVOX_API_KEY", "").strip():
        return None
    found = status(settings)
    if found.assistants is None:
        # A new project has no definitions; only what keeps the account from being read counts.
        problem = next((one for one in found.problems if one.rule != "definitions"), None)
        message = problem.message if problem else "the account cannot be read"
        raise SetupError(message, hint=problem.hint if problem else None)
    return found


def init(settings: Settings, request: Init, reporter: Reporter | None = None) -> NewProject:
    """Make a project in the folder of the settings, which may hold some of it.

    Without a key, or with ``sandbox``, it is one for the sandbox. Raises UsageError for a pipeline
    that nobody can install, DefinitionError for a project file that is there and wrong, SetupError
    for a key that reaches nothing, and what ``pull`` does.
    """
    if not settings.sandbox and not settings.environ.get("REVOX_API_KEY", "").strip():
        if request.pull is not None or settings.base_url is not None:
            what = "--base-url" if request.pull is None else "--pull"
            raise UsageError(f"{what} needs the key of the account", hint="set REVOX_API_KEY")
        settings = replace(settings, sandbox=True)
    if request.requirement is not None and request.ci is None:
        raise UsageError(
            "--from goes with --ci: it says what a pipeline installs",
            hint="add --ci github or --ci gitlab",
        )
    ci = {} if request.ci is None else pipelines(settings, request.ci, request.requirement)
    is_begun = (settings.project / PROJECT_FILE).exists()
    folder = sound_project(settings).assistants if is_begun else _FOLDER
    example = f"{folder}/front-desk.yaml"
    found = account_status(settings) if request.pin or request.pull is not None else None
    organization = found.organization.id if found and request.pin else None
    wanted = {**dict(_files(folder, organization)), **ci}
    if settings.sandbox and request.pull is None:
        wanted[example] = modeline("definition", example, folder) + _EXAMPLE
    there = {file for file in wanted if (settings.project / file).exists()}
    if any((settings.project / folder).rglob("*.y*ml")):
        wanted.pop(example, None)
    changes = {
        file: FileChange(text.encode()) for file, text in wanted.items() if file not in there
    }
    if ignored := _ignored(settings.project / ".gitignore"):
        changes[".gitignore"] = ignored
    if changes:
        settings.project.mkdir(parents=True, exist_ok=True)
        save(read_project(settings)[0], changes)
    try:
        pulled = None if request.pull is None else pull(settings, Pull(request.pull), reporter)
    except RevoxSyncError as error:
        then = f"The project is there: go on with `{settings.again('pull', settings.environment)}`"
        hint = (error.hint or "").rstrip(".")
        error.hint = f"{hint}{'' if hint.endswith('?') else '.'} {then}" if hint else then
        raise
    kept = sorted(file for file in wanted if file in there)
    told = tuple(_next(settings, request, pulled))
    return NewProject(tuple(sorted(changes)), tuple(kept), pulled, organization, told)


def _files(folder: str, organization: str | None) -> Iterator[tuple[str, str]]:
    kinds: tuple[Kind, ...] = ("definition", "project")
    for kind in kinds:
        yield copy_of(kind, folder), schema(kind)
    pinned = ""
    if organization:
        pinned = f"organization_id: {json.dumps(organization)}  # keys of no other are used\n"
    head = modeline("project", PROJECT_FILE, folder)
    yield PROJECT_FILE, f"{head}assistants: {folder}/\n{pinned}"


def _ignored(path: Path) -> FileChange | None:
    """Return .gitignore with the tool's own folder in it; None if it is there."""
    before = path.read_bytes() if path.exists() else None
    lines = (before or b"").decode(errors="replace").splitlines()
    if any(line.strip().strip("/") == STATE for line in lines):
        return None
    begun = before or b""
    end = b"" if not begun or begun.endswith(b"\n") else b"\n"
    return FileChange(begun + end + f"{STATE}/\n".encode(), before)


def _next(settings: Settings, request: Init, pulled: Pulled | None) -> Iterator[tuple[str, str]]:
    """Yield the commands that come next, and why."""
    options = settings.again("", settings.environment).removeprefix("revox-sync ''")
    if settings.sandbox and missing_package() is not None:
        yield install_command(), "adds what the sandbox needs"
    if settings.sandbox and pulled is None:
        yield f"revox-sync{options} plan", "shows what apply would create in the sandbox"
        yield f"revox-sync{options} apply", "creates it"
    else:
        if pulled is None:
            yield f"revox-sync{options} pull", "writes the assistants of the account into files"
        yield f"revox-sync{options} plan", "shows what your edits change; now that is nothing"
        yield f"revox-sync{options} apply", "shows the plan, asks, and makes the account equal"
    if request.ci is not None:
        if place := path_in_repository(settings.project):
            written = {"github": ".github", "gitlab": ".gitlab-ci.yml"}[request.ci]
            top = settings.project.joinpath(*[".."] * (place.count("/") + 1))
            move = shlex.join(["mv", str(settings.project / written), str(top)])
            told = f"pipelines are read at the top alone; add --project {place} to their commands"
            yield move, told
        set_key = {"github": "gh secret set", "gitlab": "glab variable set"}[request.ci]
        later = "until then, a sandbox" if settings.sandbox else "see docs/ci.md"
        yield f"{set_key} REVOX_API_KEY", f"gives pipelines the key; {later}"


def pipelines(settings: Settings, ci: CI, requirement: str | None) -> Mapping[str, str]:
    """Return the files of a pipeline that installs this version, or what ``requirement`` names.

    Raises UsageError where nobody but this machine can install it.
    """
    sandbox = settings.sandbox
    where = source(settings.environ) if requirement is None else source_of(requirement)
    if where is None:
        raise UsageError(
            "a pipeline cannot install this copy of revox-sync: it comes from this machine",
            hint="say where it is: --from git+https://github.com/OWNER/revox-sync@COMMIT",
        )
    if sandbox:
        where = replace(where, requirement=_with_sandbox(where.requirement))
    if ci == "gitlab":
        return {".gitlab-ci.yml": _gitlab(where, sandbox=sandbox)}
    return {
        f".github/workflows/{name}.yml": _github(_template(f"{name}.yml"), where, sandbox=sandbox)
        for name in WORKFLOWS
    }


def _github(text: str, where: Package, *, sandbox: bool) -> str:
    """Return a workflow of this repository as another one needs it."""
    if not sandbox:
        text = re.sub(r"^ *sandbox: .*\n", "", text, flags=re.MULTILINE)
    if where.github is not None:
        action = f"{where.github}/.github/actions/revox-sync@{where.commit}"
        return _ACTION.sub(lambda at: f"{at[1]}- uses: {action}\n{at[2] or ''}", text)
    install = _INSTALL.format(requirement=shlex.quote(where.requirement))
    action = _template("action.yml")
    script = textwrap.dedent(
        action[action.index("run: |", action.index(_PUT)) :].partition("\n")[2]
    )

    def steps(at: re.Match[str]) -> str:
        given = dict(re.findall(r"^ +(project|sandbox): (.*)$", at[2] or "", re.MULTILINE))
        found = install
        if "sandbox" in given:
            found += _SANDBOX.format(**given, script=textwrap.indent(script, " " * 4))
        return textwrap.indent(found, at[1])

    return _ACTION.sub(steps, text)


def _with_sandbox(requirement: str) -> str:
    """Return a requirement with the packages that a sandbox needs."""
    if "[" in requirement:
        return requirement
    if "://" in requirement and " @ " not in requirement:
        return f"revox-sync[sandbox] @ {requirement}"
    return re.sub(r"^[\w.-]+", lambda name: f"{name[0]}[sandbox]", requirement)


def _gitlab(where: Package, *, sandbox: bool) -> str:
    text = _template("gitlab-ci.yml")
    begin, end = text.index("    # Until there is a key"), text.index("\nvariables:")
    text = text if sandbox else text[:begin] + text[end:]
    if where.repository is not None:
        named = re.sub(r"\bCOMMIT\b", str(where.commit), text)
        return named.replace("REPOSITORY", where.repository)
    pip = f"    - pip install --quiet {shlex.quote(where.requirement)}\n"
    return re.sub(r"    - git clone.*/tmp/revox-sync\n", lambda _: pip, text, flags=re.DOTALL)


def _template(name: str) -> str:
    """Return a pipeline of this repository; a wheel has it beside this module."""
    here = Path(__file__).parent
    github = here.parents[1] / ".github"
    for path in (here / "ci" / name, github / "workflows" / name, github / _OWN_ACTION / name):
        if path.exists():
            return path.read_text(encoding="utf-8")
    raise RefusedError(f"this copy of revox-sync lacks the pipeline {name}")
