"""Writes the documents that are made from the code: docs/rules.md, fields.md, json.md and
commands.md.

python scripts/write_docs.py
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from revox_sync.cli.exit_codes import MEANINGS
from revox_sync.cli.main import root
from revox_sync.cli.options import Command, GlobalOption
from revox_sync.definitions.lint import ALL_RULES, RULES
from revox_sync.definitions.severity import ADJUSTABLE, FORMAT
from revox_sync.model.assistant import MAX_INTEGER
from revox_sync.model.fields import FIELDS, REQUIRED, Clear, Field
from revox_sync.model.shapes import (
    NO_DEFAULT,
    Exact,
    ListOf,
    Member,
    Number,
    SetOf,
    Shape,
)
from revox_sync.operations.explain import CLEARED, compared

if TYPE_CHECKING:
    from contract.facts import Fact
    from contract.ours import Row

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
EXAMPLES = Path(__file__).with_name("field_examples.yaml")

_FORMAT_HEAD = """## What cannot be read or sent

These name what is wrong with a file or a value itself. Their severity cannot be changed.

| | |
| --- | --- |
"""

_RULES_HEAD = """# Rules

What `revox-sync validate` checks beyond the API's own types and bounds. An error stops `plan`
and `apply`; a warning does not.

`rules:` in `revox-sync.yaml` says otherwise, for all definitions or for those of a key or a glob:

```yaml
rules:
  webhook-not-https: error
  idle-sms-template: off
  "hotel/*": {variable-braces: off}   # `*` stands for `/`, too; the last one that fits counts
```

The words are `error`, `warning` and `off`; a rule that is *off* below is for projects that want it.
With `--base` the stricter of the project file there and the one here counts: what a pull request
changes in `rules:` holds from its merge on, so that it cannot switch off a rule for itself. What
the project's `defaults` state is judged by the rules without a key. A rule that is *always* an
error finds what leaves open which assistant a definition means. What cannot be read or sent at all,
such as an unknown key, is no rule and always an error.
"""

_FIELDS_HEAD = """# Fields

*Written by `python scripts/write_docs.py` from the code. The tests hold it to what the script
writes, and the code to the API's documents and to the types of the official SDK.*

What a definition may state: the request fields of `POST /assistants`, under the API's own names.
The API has grown. An account of profile `seed` has the 18 fields of the first API, one of profile
`current` those of today; releases are those of the official SDK. What an account does not have is
refused before anything is written.

*Compared* says when the account's value counts as another one than the definition's.
"""

_JSON_HEAD = """# For programs

*Written by `python scripts/write_docs.py` from the code.*

With `--format json` a command prints one object to stdout, and nothing else. Everything else is
on stderr. The exit code is the same as without it. Each object has a JSON Schema, which comes with
the tool. Within a format 1.x members may be added, and none is removed or means something else.

`apply`, `delete` and `rollback` ask nobody then, and need `--auto-approve`.

"""

_JSON_ERROR = """
A command that ends with an error prints this instead, beside the words on stderr:

```json
{"error": {"message": "…", "hint": null, "exit_code": 64, "diagnostics": []}}
```

`diagnostics` says what is wrong in the definitions, with `file`, `line` and `column`. A refusal
(3), wrong usage (64) and an interruption (130) are such ends, too. The schema is
[error-1.0](../revox_sync/schemas/error-1.0.schema.json).
"""

_COMMANDS_HEAD = """# Commands

*Written by `python scripts/write_docs.py` from what `--help` says.*

Options go before or after their command. [Recipes](recipes.md) puts the commands together, and
[JSON](json.md) describes what `--format json` prints.
"""

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "object": "object",
    "union": "object whose `type` says what else it holds",
}

_WHOSE = {
    "editor": "the dashboard's canvas; calls do not use it. `absent: reset` leaves it alone",
    "service": "the service, which adds entries of its own. `absent: reset` leaves it alone",
}


def rules() -> str:
    """Return the reference of the lint rules; each rule's docstring is its text."""
    sections = []
    for rule in ALL_RULES:
        severity = rule.severity if rule.id in ADJUSTABLE else f"{rule.severity}, always"
        sections.append(f"## {rule.id}\n\n*{severity}*\n\n{inspect.cleandoc(rule.documentation)}\n")
    rows = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in FORMAT.items())
    return "\n".join([_RULES_HEAD, *sections, f"{_FORMAT_HEAD}{rows}"])


def fields() -> str:
    """Return the reference of the fields, by the request model and the table of fields."""
    from contract import ours

    rows, facts, examples = ours.table(), ours.model(), dict(field_examples())
    overview = table(
        ("field", "type", "accounts"),
        ((f"[{name}](#{name})", _type(facts[name]), _accounts(rows[name])) for name in FIELDS),
    )
    parts = [_FIELDS_HEAD, overview]
    for name, spec in FIELDS.items():
        said = [f"- *{what}*: {words}\n" for what, words in _about(spec, facts[name], rows)]
        parts += [f"## {name}\n", f"```yaml\n{examples[name]}```\n", "".join(said)]
        parts += _member_tables(name, facts, rows)
    return "\n".join(parts)


def for_programs() -> str:
    """Return what each command prints with ``--format json``, by the command line itself."""
    rows = []
    for path, command in commands():
        for name in command.prints:
            schema = f"revox_sync/schemas/{name}-1.0.schema.json"
            about = json.loads((ROOT / schema).read_text(encoding="utf-8"))["description"]
            told = about.partition(" Within 1.x")[0]
            rows.append((f"`{path}`", f"[{name}-1.0](../{schema})", told))
    return _JSON_HEAD + table(("command", "schema", "what"), rows) + _JSON_ERROR


def commands(group: click.Group = root, path: str = "") -> Iterator[tuple[str, Command]]:
    """Yield every command that does something, with its name."""
    for name in group.list_commands(context := click.Context(group)):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, f"{path}{name} ")
        elif isinstance(found, Command):
            yield f"{path}{name}", found


def field_examples() -> Iterator[tuple[str, str]]:
    """Yield each field of the examples with the lines that state it."""
    text = EXAMPLES.read_text(encoding="utf-8")
    for found in re.finditer(r"^(\w+):.*\n(?:[ ].*\n)*", text, re.MULTILINE):
        yield found[1], found[0]


def reference() -> str:
    """Return the reference of the commands, as their help tells it, and of the exit codes."""
    given = [one for one in root.params if isinstance(one, GlobalOption)]
    codes = ((str(int(code)), words) for code, words in MEANINGS.items())
    sections = [
        part for name, found in commands() for part in _command(f"revox-sync {name}", found)
    ]
    heads = ("## Options of every command\n", "## Exit codes\n")
    codes_table = table(("code", "meaning"), codes)
    return "\n".join(
        [_COMMANDS_HEAD, heads[0], _options(root, given), heads[1], codes_table, *sections]
    )


def _command(name: str, found: Any) -> Iterator[str]:
    context = click.Context(found, info_name=name)
    options = [one for one in found.params if isinstance(one, click.Option)]
    told = [one for one in options if not isinstance(one, GlobalOption)]
    usage = " ".join([name, *found.collect_usage_pieces(context)])
    yield f"## {name}\n"
    yield inspect.cleandoc(found.help or "") + "\n"
    yield f"```\n{usage}\n```\n"
    if told:
        yield _options(found, told)
    if example := getattr(found, "example", None):
        yield f"Example: `{example}`\n"


def _options(owner: Any, options: Iterable[Any]) -> str:
    context = click.Context(owner)
    records = [record for one in options if (record := one.get_help_record(context))]
    return table(("option", "meaning"), ((f"`{name}`", words) for name, words in records))


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in markdown: no column that says nothing, and no pipe that ends a cell."""
    body = list(rows)
    used = [index for index in range(len(heads)) if any(row[index] for row in body)]
    lines = [[cells[index].replace("|", "\\|") for index in used] for cells in (heads, *body)]
    lines.insert(1, ["---"] * len(used))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _about(spec: Field, fact: Fact, rows: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    """Yield what a section says of a field, in the order in which it does."""
    from write_schema import descriptions

    yield "means", descriptions()["Assistant"][spec.name]
    yield "type", _type(fact) + (", required" if spec.name in REQUIRED else "")
    if allowed := _allowed(fact, spec.shape):
        yield "allowed", allowed
    yield "accounts", _accounts(rows[spec.name])
    both = spec.clear is Clear.EMPTY and fact.nullable
    yield "cleared", CLEARED[spec.clear] + (" or `null`" if both else "")
    if spec.resets:
        yield "with `absent: reset`", f"goes back to {_resting(spec, rows)}"
    elif spec.resting is not NO_DEFAULT and spec.whose == "team":
        yield "with `absent: reset`", f"left alone; a new assistant has {_code(spec.resting)}"
    yield "compared", compared(spec.shape)
    if spec.sensitive:
        yield "never shown", "; ".join(_unseen(rows, place, spec.name) for place in spec.sensitive)
    if spec.whose in _WHOSE:
        yield "also written by", _WHOSE[spec.whose]
    if checks := [f"[{rule.id}](rules.md#{rule.id})" for rule in RULES if spec.name in rule.reads]:
        yield "rules", ", ".join(checks)


def _resting(spec: Field, rows: Mapping[str, Row]) -> str:
    """Return the resting value, and which members it has only where the account has them."""
    later = [
        f"`{path.rpartition('.')[2]}`"
        for path, row in rows.items()
        if path.startswith(f"{spec.name}.") and row.asked and row.member.default is not NO_DEFAULT
    ]
    more = f", with {' and '.join(later)} at the default where the account has them"
    return _code(spec.rest) + (more if later else "")


def _unseen(rows: Mapping[str, Row], place: str, name: str) -> str:
    secret = rows[place].member.secret
    what = f"`{place}`" if place != name else "it"
    return what if secret else f"user information and query values of the URL in {what}"


def _member_tables(name: str, facts: Mapping[str, Fact], rows: Mapping[str, Row]) -> Iterator[str]:
    """Yield the table of a field's members, or one for each kind of a union."""
    from contract.ours import of_kind

    kinds: dict[str, list[str]] = {}
    for path in facts:
        if re.match(rf"{name}[.\[<]", path):
            kinds.setdefault(path.partition("<")[2].partition(">")[0], []).append(path)
    for kind, paths in kinds.items():
        if kind:
            born = of_kind(f"{name}<{kind}>.type", rows)
            yield f"With `type: {kind}` (accounts: {_accounts(born)}):\n"
            paths.remove(f"{name}<{kind}>.type")
        yield _members(name, paths, facts, rows)


def _members(
    name: str, paths: list[str], facts: Mapping[str, Fact], rows: Mapping[str, Row]
) -> str:
    from contract.ours import bare, of_kind

    order = list(rows)
    heads = ("member", "type", "required", "allowed", "`null`", "default", "accounts", "compared")
    lines = []
    for path in sorted(paths, key=lambda path: order.index(bare(path))):
        fact, row = facts[path], of_kind(path, rows)
        lines.append(
            (
                f"`{bare(path)[len(name) :].removeprefix('.')}`",
                _type(fact),
                _required(fact, row),
                _allowed(fact, row.member.shape),
                _null(fact, row.member),
                "" if row.member.default is NO_DEFAULT else _code(row.member.default),
                _accounts(row) if row.partial else "",
                compared(row.member.shape),
            )
        )
    return table(heads, lines)


def _type(fact: Fact) -> str:
    if fact.type != "array":
        return _KINDS[fact.type]
    return f"list of {_KINDS[fact.items or 'object']}s"


def _required(fact: Fact, row: Row) -> str:
    if fact.required:
        return "yes"
    return "where the account has it" if row.asked and row.member.default is NO_DEFAULT else ""


def _null(fact: Fact, member: Member) -> str:
    """Return what a stated null means; nothing where it is an error."""
    if member.nullable:
        return "allowed"
    if not fact.nullable:
        return ""
    return "as left out" if member.default is NO_DEFAULT else "the default"


def _allowed(fact: Fact, shape: Shape) -> str:
    """Return the allowed values or the bounds, with the releases that have them."""
    if fact.values:
        item = shape.item if isinstance(shape, ListOf | SetOf) else shape
        return ", ".join(f"`{value}`{_life_of(value, item)}" for value in fact.values)
    words = {
        "min": "at least {}",
        "above": "greater than {}",
        "max": "at most {}",
        "min_length": "not empty",
    }
    told = [
        words[name].format("2^53 - 1" if bound == MAX_INTEGER else f"{bound:g}")
        + (_life_of(bound, shape) if name == "min" else "")
        for name, bound in fact.bounds.items()
    ]
    return ", ".join(told)


def _life_of(value: Any, shape: Shape) -> str:
    since = shape.since.get(value) if isinstance(shape, Exact | Number) else None
    until = shape.until.get(value) if isinstance(shape, Exact) else None
    told = [f"since {since}"] if since else []
    told += [f"up to {until}"] if until else []
    return f" ({', '.join(told)})" if told else ""


def _accounts(row: Row) -> str:
    """Return which accounts have a field or member, by profile and release."""
    if row.until is not None:
        successor = row.field.successor if row.field else None
        begin = "up to release" if row.since == "seed" else f"releases {row.since} to"
        then = f", then [{successor}](#{successor})" if successor else ""
        return f"{begin} {row.until}{then}"
    if row.since == "seed":
        return "all"
    return "`current`" + ("" if row.since == "0.2.0" else f", since release {row.since}")


def _code(value: Any) -> str:
    """Return a value as it may stand in a definition, marked as code."""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    DOCS.mkdir(exist_ok=True)
    for file, text in (
        ("rules.md", rules()),
        ("fields.md", fields()),
        ("json.md", for_programs()),
        ("commands.md", reference()),
    ):
        (DOCS / file).write_text(text, encoding="utf-8", newline="\n")
