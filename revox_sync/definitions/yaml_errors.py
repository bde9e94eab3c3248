"""The parser's complaints in plain words, at the place where the author has to look."""

from __future__ import annotations

from typing import Any

from revox_sync.definitions.problem import Unusable

_QUOTE = "put the text in quotes"
_INDENT = "check the indentation of this line and of the one above; YAML nests by spaces"


def explain(error: Any, text: str) -> Unusable:
    """Return the problem behind ``error``, a MarkedYAMLError raised for ``text``."""
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, len(text)) if mark else 0
    begun = error.context_mark.index if error.context_mark else index
    if text[index : index + 1] == "\t" or " tab " in said:
        hint = "indent with spaces; YAML allows no tabs there"
        return Unusable("yaml-tab", "a tab stands where YAML wants spaces", hint, index)
    for known in (_document_problem, _token_problem, _structure_problem):
        problem = known(said, text, index, begun)
        if problem is not None:
            return problem
    return Unusable("yaml-syntax", f"this is not valid YAML: {said.strip()}", None, index)


def _document_problem(said: str, text: str, index: int, begun: int) -> Unusable | None:
    if "single document" in said:
        hint = "one file holds one definition; a text that contains --- needs quotes or a block (|)"
        return Unusable("yaml-documents", "a second document begins here", hint, index)
    if "undefined alias" in said:
        hint = "*name needs &name above it; a text that begins with * needs quotes"
        return Unusable("yaml-alias", "no anchor of this name stands above", hint, index)
    if "duplicate anchor" in said:
        line = text.count("\n", 0, begun) + 1
        message = f"this anchor was already stated in line {line}"
        return Unusable("yaml-anchor", message, "give one of them another name", index)
    if "scanning an anchor" in said or "scanning an alias" in said:
        hint = "a text that begins with & or * needs quotes"
        return Unusable("yaml-alias", "an anchor or alias has no name here", hint, index)
    if "tag handle" in said:
        hint = "leave the tag out; a value that begins with ! needs quotes"
        return Unusable("yaml-tag", "this tag is not known", hint, index)
    return None


def _token_problem(said: str, text: str, index: int, begun: int) -> Unusable | None:
    if "mapping values are not allowed" in said:
        hint = f"if `: ` belongs to a text, {_QUOTE}; else {_INDENT}"
        return Unusable("yaml-syntax", "a `:` is not allowed here", hint, index)
    if "cannot start any token" in said:
        message = f"a value cannot begin with {text[index : index + 1]}"
        return Unusable("yaml-syntax", message, _QUOTE, index)
    if "could not find expected ':'" in said:
        message = "this line is neither `key: value` nor a list item"
        hint = "if it belongs to a text, indent it below its key"
        return Unusable("yaml-syntax", message, hint, begun)
    return _quoted_problem(said, text, index, begun) if "quoted scalar" in said else None


def _quoted_problem(said: str, text: str, index: int, begun: int) -> Unusable | None:
    if "end of stream" in said:
        hint = "a quote inside single quotes is written twice, inside double quotes with a \\"
        return Unusable("yaml-syntax", "this quote is never closed", hint, begun)
    if "invalid Unicode character escape" in said:
        return no_character(begun)
    if "escape" in said or "hexdecimal" in said:
        message = "this escape in double quotes is not known"
        hint = "write \\\\ for a backslash, or use single quotes"
        return Unusable("yaml-syntax", message, hint, text.rfind("\\", begun, index + 1))
    return None


def _structure_problem(said: str, text: str, index: int, begun: int) -> Unusable | None:
    if "flow" in said:
        return _flow_problem(text, index, begun)
    if any(part in said for part in ("block", "indentation", "entries are not allowed")):
        return Unusable("yaml-syntax", "this does not fit what stands above it", _INDENT, index)
    if "document start" in said:
        return Unusable("yaml-syntax", "this does not belong to the document above", _INDENT, index)
    return None


def _flow_problem(text: str, index: int, begun: int) -> Unusable:
    reference = text.find("${", begun, index + 2)
    if reference >= 0:
        message = "a ${…} inside { } or [ ] needs quotes"
        return Unusable("yaml-syntax", message, 'write "${…}"', reference)
    if not text[begun:].strip():  # the end of the file: what is still open stands before it
        begun = max(text.rfind("[", 0, begun), text.rfind("{", 0, begun))
    opened = text[begun : begun + 1]
    if opened not in ("[", "{"):
        return Unusable("yaml-syntax", "a value is missing before this", _QUOTE, begun)
    message = f"what this {opened} opens is not closed, or misses a comma"
    return Unusable("yaml-syntax", message, f"a text that begins with {opened} needs quotes", begun)


def no_character(index: int) -> Unusable:
    """Return the problem of an escape for half of a surrogate pair, or beyond Unicode."""
    hint = "write the character itself, or \\U and eight digits"
    message = "an escape in these quotes stands for no character"
    return Unusable("yaml-character", message, hint, index)
