"""pydantic's core, without its module ``core_schema``.

``import pydantic_core`` imports that, too: 4,000 lines of types for those who write schemas in
Python. They take 15 ms, a tenth of a small plan, which needs none of them. So an empty module
stands there during the import. A later import of ``core_schema``, as pydantic's for its models,
gets the real one.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["SchemaError", "SchemaValidator", "ValidationError", "from_json"]

_SCHEMAS = "pydantic_core.core_schema"


def _import_core() -> None:
    """Import ``pydantic_core`` without ``core_schema``, if that works."""
    if "pydantic_core" in sys.modules:
        return
    empty: Any = ModuleType(_SCHEMAS)
    empty.__getattr__ = lambda name: Any  # each of its names is a type
    sys.modules[_SCHEMAS] = empty
    with suppress(Exception):  # else it is imported plainly below
        import pydantic_core  # noqa: F401
    del sys.modules[_SCHEMAS]


if not TYPE_CHECKING:
    _import_core()

from pydantic_core import SchemaError, SchemaValidator, ValidationError, from_json  # noqa: E402
