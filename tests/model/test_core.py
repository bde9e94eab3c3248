"""pydantic's core is imported without what nobody needs here, and plainly where that fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_TELL = """
import sys
from revox_sync.model import core
print(core.from_json(b"[1]"), "pydantic_core.core_schema" in sys.modules)
from pydantic_core import core_schema
import pydantic
print(core_schema.any_schema(), pydantic.TypeAdapter(list[int]).validate_python(["1"]))
"""


def told(program: str, *folders: Path) -> str:
    code = f"import sys; sys.path[:0] = {[*map(str, folders)]!r}\n{program}"
    made = [sys.executable, "-c", code]
    return subprocess.run(made, capture_output=True, text=True, check=True).stdout


def test_the_words_for_schemas_come_when_they_are_asked_for() -> None:
    assert told(_TELL) == "[1] False\n{'type': 'any'} [1]\n"


def test_a_core_that_needs_its_words_gets_them(tmp_path: Path) -> None:
    package = tmp_path / "pydantic_core"
    package.mkdir()
    (package / "core_schema.py").write_text("def needed():\n    return 'plainly'\n")
    (package / "__init__.py").write_text(
        "from .core_schema import needed\nfrom_json = needed()\n"
        "SchemaError = SchemaValidator = ValidationError = None\n"
    )
    assert told("from revox_sync.model import core; print(core.from_json)", tmp_path) == "plainly\n"
