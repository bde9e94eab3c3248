"""pydantic's core, without the words for its schemas.

``import pydantic_core`` imports ``core_schema`` too: 4,000 lines that build the types of schemas,
for those who write them in Python. That takes 15 ms, a tenth of a small plan, which needs none of
it. So an empty module stands there during the import. Who imports ``core_schema`` later, as
pydantic does for its models, gets the real one.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["SchemaError", "SchemaValidator", "ValidationError", "from_json"]

_WORDS = "pydantic_core.core_schema"


def _import_core() -> None:
    """Import ``pydantic_core`` without its words, as far as it can do without them."""
    if "pydantic_core" in sys.modules:
        return
    empty: Any = ModuleType(_WORDS)
    empty.__getattr__ = lambda name: Any  # each of its names is a type
    sys.modules[_WORDS] = empty
    with suppress(Exception):  # else it is imported plainly below
        import pydantic_core  # noqa: F401
    del sys.modules[_WORDS]


if not TYPE_CHECKING:
    _import_core()

from pydantic_core import SchemaError, SchemaValidator, ValidationError, from_json  # noqa: E402
