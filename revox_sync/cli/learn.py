"""Commands that explain: ``schema``, ``explain`` and ``completion``."""

from __future__ import annotations

import click

from revox_sync.cli.options import (
    NAMES,
    GlobalSettings,
    command,
    form_option,
    global_options,
    json_option,
)

_SHELLS = {
    "bash": 'eval "$(revox-sync completion bash)"',
    "zsh": 'eval "$(revox-sync completion zsh)"',
    "fish": "revox-sync completion fish | source",
}
_QUOTED = """\
[[ ${COMP_WORDS[COMP_CWORD]} == [\\'\\"]* ]] || printf -v value %q "$value"
            COMPREPLY+=("$value")"""


@command(
    "schema", example="revox-sync schema > assistants/_definition.schema.json", prints=("schema",)
)
@click.option("--project-file", is_flag=True, help="That of revox-sync.yaml.")
@json_option
@global_options
def schema_command(settings: GlobalSettings, project_file: bool, form: str | None) -> int:
    """Print the JSON Schema of a definition, for editors.

    `init` puts a copy beside the definitions; print it again after an upgrade.
    """
    from revox_sync.definitions.editor import schema

    settings.streams().result(schema("project" if project_file else "definition"))
    return 0


@command("explain", example="revox-sync explain voice.speed", prints=("explain",))
@click.argument("name", type=NAMES, metavar="FIELD-OR-RULE")
@form_option
@global_options
def explain_command(settings: GlobalSettings, name: str, form: str) -> int:
    """Explain a field, a key of revox-sync, or a rule of validate."""
    from revox_sync.definitions.project import stated_rules
    from revox_sync.operations.explain import explain
    from revox_sync.render.sheet import Sheet, data

    streams = settings.streams()
    told = explain(name, stated_rules(settings.project))
    if form == "json":
        streams.document(told)
        return 0
    sheet = Sheet(width=min(streams.width, 100), colour=streams.colour)
    sheet.line(data(told["name"], "bold"))
    for paragraph in told["meaning"].split("\n\n"):
        sheet.blank()
        sheet.line(data(" ".join(paragraph.split())), prefix="  ")
    sheet.blank()
    for label, fact in told["facts"].items():
        sheet.line(data(fact), prefix=f"  {label:<10}")
    streams.result(sheet.text())
    return 0


@command("completion", example=_SHELLS["bash"], prints=("completion",))
@click.argument("shell", type=click.Choice([*_SHELLS]))
@form_option
@global_options
def completion_command(settings: GlobalSettings, shell: str, form: str) -> int:
    """Print what makes a shell complete commands, options, keys, environments, runs and rules.

    Put it into ~/.bashrc or ~/.zshrc as in the example; for fish, `revox-sync completion fish |
    source` goes into ~/.config/fish/config.fish.
    """
    from click.shell_completion import get_completion_class

    from revox_sync.cli.main import root

    if made := get_completion_class(shell):
        script = made(root, {}, "revox-sync", "_REVOX_SYNC_COMPLETE")
        text = script.source_template % script.source_vars()
        # A key may hold spaces. Within quotes that were typed, bash takes it as it is.
        text = text.replace("COMPREPLY+=($value)", _QUOTED)
        if form == "json":
            settings.streams().document({"shell": shell, "script": text})
        else:
            settings.streams().result(text)
    return 0
