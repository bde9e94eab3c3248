"""Definition files as people write them: in any order and style, with remarks wherever they fit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Fields = dict[str, Any]

_WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")
_RESERVED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_CONTROL = re.compile("[^\n\t -~\xa0-\ud7ff\ue000-\ufdff\U00010000-\U0010ffff]|[\u2028\u2029]")


@dataclass
class Written:
    """A file, the part of it that each field is, and the remarks that stand above fields."""

    text: str = ""
    parts: Fields = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)


def written(draw: st.DrawFn, fields: Fields, identity: str) -> Written:
    """Write a definition of these fields that is bound to ``identity``."""
    return _Writing(draw).file(fields, identity)


class _Writing:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._step = draw(st.sampled_from([2, 4]))
        self._dashes = draw(st.sampled_from([0, self._step]))
        self._count = 0
        self._done = Written()

    def file(self, fields: Fields, identity: str) -> Written:
        done = self._done
        names = self._draw(st.permutations([*fields, "sync"]))
        for name in names:
            if self._often():
                done.remarks.append(self._remark())
                done.text += f"{done.remarks[-1]}\n"
            done.text += "\n" * self._draw(st.sampled_from([0, 0, 1, 2]))
            value = {"id": identity} if name == "sync" else fields[name]
            lines = self._member(name, value, 0)
            if name == "prompt" and self._seldom():
                lines = self._apart(value)
            done.parts[name] = "".join(f"{line}\n" for line in lines)
            done.text += done.parts[name]
        if self._often():
            done.remarks.append(self._remark())
            done.text += done.remarks[-1]
        return done

    def _apart(self, text: str) -> list[str]:
        self._done.others["prompts/p.md"] = _plain_text(text)
        return ["prompt: {file: prompts/p.md}"]

    def _member(self, name: str, value: Any, column: int) -> list[str]:
        margin = " " * column
        if value and isinstance(value, dict | list) and self._often():
            inner = column + (self._dashes if isinstance(value, list) else self._step)
            head = f"{margin}{name}:{self._behind()}"
            return [head, *self._block(value, inner)]
        first, *rest = self._leaf(value, column)
        return [f"{margin}{name}: {first}", *rest]

    def _block(self, value: Any, column: int) -> list[str]:
        lines: list[str] = []
        if isinstance(value, dict):
            for name in self._draw(st.permutations(list(value))):
                lines += [" " * column + self._remark()] if lines and self._seldom() else []
                lines += self._member(name, value[name], column)
            return lines
        for item in value:
            lines += [" " * column + self._remark()] if self._seldom() else []
            if isinstance(item, dict) and item and self._often():
                inner = self._block(item, column + 2)
                lines += [f"{' ' * column}- {inner[0][column + 2 :]}", *inner[1:]]
            else:
                first, *rest = self._leaf(item, column)
                lines += [f"{' ' * column}- {first}", *rest]
        return lines

    def _leaf(self, value: Any, column: int) -> list[str]:
        if isinstance(value, str):
            text = value.replace("${", "$${")
            if _is_block(text) and self._often():
                header = "|-" if not text.endswith("\n") else "|"
                margin = " " * (column + self._step)
                lines = text.removesuffix("\n").split("\n")
                return [header + self._behind(), *(line and margin + line for line in lines)]
            return [self._in_line(value, flow=False) + self._behind()]
        return [self._flow(value) + self._behind()]

    def _flow(self, value: Any) -> str:
        if isinstance(value, dict):
            inner = ", ".join(f"{name}: {self._flow(item)}" for name, item in value.items())
            return f"{{ {inner} }}" if self._often() else f"{{{inner}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self._flow, value))}]"
        return self._in_line(value, flow=True)

    def _in_line(self, value: Any, *, flow: bool) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        text = value.replace("${", "$${")
        if _WORDS.fullmatch(text) and text.lower() not in _RESERVED and self._often():
            return text
        if not _CONTROL.search(text) and not re.search("[\n\t]", text) and self._often():
            return "'" + text.replace("'", "''") + "'"
        text = json.dumps(text, ensure_ascii=False)
        return _CONTROL.sub(lambda found: f"\\U{ord(found[0]):08x}", text)

    def _behind(self) -> str:
        return f"  {self._remark()}" if self._seldom() else ""

    def _remark(self) -> str:
        self._count += 1
        return f"# remark {self._count}: it's [not] {{data}}"

    def _often(self) -> bool:
        return bool(self._draw(st.booleans()))

    def _seldom(self) -> bool:
        return bool(self._draw(st.sampled_from([False, False, False, True])))


def _plain_text(text: str) -> str:
    return text.replace("${", "$${") + "\n"


def _is_block(text: str) -> bool:
    """Whether a text can be a literal block without further ado."""
    plain = not _CONTROL.search(text) and "\t" not in text and text.strip(" \n") != ""
    return plain and text[0] not in " \n" and not text.endswith("\n\n") and "\n " not in text
