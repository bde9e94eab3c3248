"""What the readers of this room raise: one problem that makes a file, or a value, unusable."""

from __future__ import annotations


class Problem(Exception):
    """Something is wrong in a file.

    ``rule``, ``message`` and ``hint`` go into a Diagnostic as they are; ``index`` is the offset
    into the file's text, in characters, where it shows; ``place`` is its line and column, from 1,
    for a file that is no text at all. Raised and caught inside this package.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        hint: str | None = None,
        index: int = 0,
        place: tuple[int, int] = (1, 1),
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.index = index
        self.place = place
