"""How much a markdown view tells, from everything down to names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: The forms without a line for each assistant.
NAMES_ONLY = ("list", "keys", "bare")


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is told.

    ``context`` is how many unchanged lines stand around a change, ``block`` how many bytes a
    difference may take (null for any), ``answers`` whether the FAQ's answers are shown. ``form``
    ``whole`` tells every change, ``lines`` in one line each, ``table`` only what changes in each
    assistant, ``list`` the same without a line for each, ``keys`` without their names, ``bare``
    only their keys. ``left_out`` says it to the reader.
    """

    form: Literal["whole", "lines", "table", "list", "keys", "bare"] = "whole"
    context: int = 2
    block: int | None = None
    answers: bool = True
    left_out: str | None = None
