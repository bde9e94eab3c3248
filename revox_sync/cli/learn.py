"""Commands that explain: ``schema``, ``explain`` and ``completion``."""

from __future__ import annotations

import click

from revox_sync.cli.options import GlobalSettings, command, global_options


@command("schema")
@click.option("--project-file", is_flag=True, help="That of revox-sync.yaml.")
@click.option(
    "--format", "form", type=click.Choice(["json"]), default="json", help="Output format."
)
@global_options
def schema_command(settings: GlobalSettings, project_file: bool, form: str) -> int:
    """Print the JSON Schema of a definition, for editors.

    `init` puts a copy beside the definitions; print it again after an upgrade.
    """
    from revox_sync.definitions.editor import schema

    settings.streams().result(schema("project" if project_file else "definition"))
    return 0
