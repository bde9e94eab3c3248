"""Foreign texts made harmless, for every view.

Three dangers, three measures. A text may act on a terminal, or hide: ``escape`` shows such
characters. A line may be a command to a CI system: GitHub reads ``::name`` at the start of a line,
however indented, and older runners and Azure read ``##[name`` and ``##vso[`` anywhere; ``harmless``
is for a finished page, ``defused`` for a text that may yet be wrapped. A text may come alive in
markdown: GitHub looks for mentions, references, commit ids, emoji codes and links in the rendered
text, after backslashes and entities are gone, but not inside of code. So words that are plainly
words stay as they are, and everything else becomes code, inline or in a fenced block.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from revox_sync.model.likeness import normalized

#: Control characters, line and paragraph separators, bidirectional marks, characters without any
#: shape (zero width, fillers, tags, variation selectors other than those of emoji), and halves of
#: surrogate pairs.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff]"
)
#: A text of which each character is seen and takes one cell, and only a space parts words: nearly
#: every one in Latin, Greek or Cyrillic letters.
NARROW = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0384-\u0482\u048a-\u052f\u2010-\u2027\u20a0-\u20bf]*"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTE = 0xFF
_PLANE = 0xFFFF


def escape(text: str, *, newlines: bool = False) -> str:
    """Return ``text`` with every character that acts or hides shown as ``\\x1b`` or ``\\u202e``.

    With ``newlines``, line feeds stay as they are; else the result is one line.
    """
    if (text.isascii() and text.isprintable()) or NARROW.fullmatch(text):
        return text  # looking for each of the others takes five times as long
    return _INVISIBLE.sub(lambda found: _visible(found[0], newlines), text)


def _visible(character: str, newlines: bool) -> str:
    if character == "\n" and newlines:
        return character
    named = _NAMED.get(character)
    if named is not None:
        return named
    code = ord(character)
    if code <= _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _PLANE else f"\\U{code:08x}"


#: Letters of other alphabets, and marks, that look like the ones of ASCII below them.
_ALIKE = {
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "F": "Ϝ", "H": "НΗ", "I": "ІΙӀ", "J": "ЈͿ",
    "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ", "Q": "Ԛ", "S": "Ѕ", "T": "ТΤ",
    "W": "Ԝ", "X": "ХΧ", "Y": "УҮΥ", "Z": "Ζ", "a": "аɑα", "c": "сϲ", "d": "ԁ", "e": "е",
    "g": "ɡց", "h": "һհ", "i": "іıι", "j": "јϳ", "k": "кκ", "l": "ӏǀ", "n": "ո", "o": "оοօ",
    "p": "рρ", "q": "ԛգ", "s": "ѕ", "u": "υս", "v": "νѵ", "w": "ԝ", "x": "хχ", "y": "уү",
    "z": "ᴢ", "'": "‘’‚‛′ʼʹ", '"': "“”„‟″", "-": "‐‑‒–—―−⁃", "/": "⁄∕", ":": "∶ː",
}  # fmt: skip
_LOOKS = str.maketrans({other: plain for plain, others in _ALIKE.items() for other in others})
#: What the normal form leaves that is seen as nothing, and the one space that it does not make one.
_SEEN_AS: dict[int, str | None] = {**_LOOKS, 0xFE0E: None, 0xFE0F: None, 0x1680: " "}
#: What looks like itself alone: nearly every text in a language of Western Europe. To spell the
#: others as they are seen takes ten times as long.
_ITSELF = re.compile("[ -~\u00a1\u00ab\u00bb\u00bf-\u00d6\u00d8-\u00f6\u00f8-\u00ff]*")
_QUOTES = '"`'
_NAMED_IN = re.compile(r'"[^"]+"|`[^`]+`|\w[\w.-]*')


def look(text: str) -> str:
    """Return what a reader sees of a text; texts that look alike have the same look."""
    if text.isascii() or _ITSELF.fullmatch(text):
        return text
    seen = normalized("NFKC", _INVISIBLE.sub("", text).translate(_LOOKS))
    return seen.translate(_SEEN_AS)


def apart(old: str, new: str) -> tuple[str, str]:
    """Return two different texts so that a reader sees the difference.

    In texts that look alike, characters that the other text lacks are escaped: a no-break space, a
    letter of another alphabet, an accent. All others stay as they are.
    """
    if old == new:
        return old, new
    hidden = _hidden(old, new), _hidden(new, old)
    first = (lambda one: one not in hidden[0], lambda one: one not in hidden[1])
    # Alone between two marks, a space or an accent tells nothing.
    if not old.strip() or not new.strip() or any(map(unicodedata.combining, old[:1] + new[:1])):
        first = (_is_plain, _is_plain)
    for kept in (
        first,
        (new.__contains__, old.__contains__),
        (str.isascii, str.isascii),
        (str.isalnum, str.isalnum),  # a backslash that was written, too
    ):
        shown = _spelled(old, kept[0]), _spelled(new, kept[1])
        if look(escape(shown[0])) != look(escape(shown[1])):
            break
    return shown


def _hidden(text: str, other: str) -> set[str]:
    """Return what a text has and ``other`` has not, and nobody sees beside another difference.

    That is a space that is none, and a letter that looks like another one of its word.
    """
    if text.isascii():
        return set()
    mixed = (word for word in text.split() if any(one.isascii() and one.isalpha() for one in word))
    letters = {one for word in mixed for one in word if one.isalpha() and look(one).isascii()}
    spaces = {one for one in text if unicodedata.category(one) == "Zs"}
    return {one for one in letters | spaces if not one.isascii()} - {*other}


def _is_plain(one: str) -> bool:
    return one == " " or not (one.isspace() or unicodedata.combining(one))


def shown_apart(names: Iterable[str]) -> dict[str, str]:
    """Return how names that look like another one are shown, so that a reader sees which is which.

    Names that look like no other are not among them.
    """
    first: dict[str, str] = {}
    shown: dict[str, str] = {}
    for name in names:
        other = first.setdefault(look(name), name)
        if other != name:
            told = apart(other, name)
            shown[other] = max(shown.get(other, ""), told[0], key=len)
            shown[name] = told[1]
    return shown


def apart_within(*texts: str) -> tuple[str, ...]:
    """Return sentences in which a reader can tell each name from all others."""
    if all(text.isascii() for text in texts):
        return texts
    named = (name.strip(_QUOTES) for text in texts for name in _NAMED_IN.findall(text))
    shown = shown_apart(named)

    def replaced(found: re.Match[str]) -> str:
        bare = found[0].strip(_QUOTES)
        return found[0].replace(bare, shown.get(bare, bare)) if bare else found[0]

    return tuple(_NAMED_IN.sub(replaced, text) for text in texts)


def _spelled(text: str, keeps: Callable[[str], bool]) -> str:
    """Return a text with the characters escaped that are not kept; few of ASCII ever are."""
    return "".join(
        one if keeps(one) or (one.isascii() and one != "\\") else _visible(one, newlines=False)
        for one in text
    )


_GITHUB_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_AZURE_COMMAND = re.compile(r"#(?=#(?:vso)?\[)")
_SPACE = re.compile(r"(\s+)")
_IN_WORD = re.compile(r":(?=:)|#(?=#(?:vso)?\[)")
#: A word of this length may be folded in the middle.
_FOLDED = 16


def harmless(page: str) -> str:
    """Return finished output without anything that a CI system would run as a command."""
    if "::" in page:  # most pages have none, and a look at the begin of each line takes its time
        page = _GITHUB_COMMAND.sub(r"\1\\x3a", page)
    return _AZURE_COMMAND.sub(r"\\x23", page)


def harmless_json(page: str) -> str:
    """Return finished JSON that says the same, and that no CI system runs anything of."""
    return _AZURE_COMMAND.sub(r"\\u0023", page)


def defused(text: str) -> str:
    """Return a text that may yet be wrapped anywhere, so that no line of it can be a command."""
    if "::" not in text and "##" not in text:
        return text
    return "".join(map(_defused_word, _SPACE.split(text)))


def _defused_word(word: str) -> str:
    if not word.startswith("::") and "##" not in word and len(word) < _FOLDED:
        return word
    return _IN_WORD.sub(lambda found: "\\x3a" if found[0] == ":" else "\\x23", word)


#: A word, or a small number. No digit beside a letter, and nothing that could be a commit id.
_PLAIN = r"(?:(?![0-9a-f]{7,40}(?![^\W_]))[^\W\d_]+(?:['’-][^\W\d_]+)*|[0-9]{1,6})"
_BEFORE, _BEHIND = r"""[("“«‘]*""", r"""[)"”»’.,;:!?…€£%°]*"""
_ALONE = r"""[“”«»".,;:!?…€£%°–—]+|-"""
_SAFE = re.compile(f"{_BEFORE}{_PLAIN}{_BEHIND}|{_ALONE}")
_ACTING = re.compile(r"""([("]*)(.*?[^)".,;:!?])([)".,;:!?]*)""")
_LIST_ITEM = re.compile(r"[0-9]+[.)]|-")
_QUOTED = re.compile("`([^`]+)`")
_TICKS = re.compile("`+")
_FORGED = re.compile(r"<!--(?=\s*revox-sync)", re.IGNORECASE)
_SHORTEST_FENCE = 3
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})

#: Characters of a name, an id or a path that are shown.
_LONGEST_NAME = 200


def visible(text: str) -> str:
    """Return a text on one line, with nothing hidden in it and no marker of ours."""
    return _FORGED.sub(r"<!\\x2d-", escape(text))


def code(text: str, *, cell: bool = False) -> str:
    """Return a text as inline code; ``cell`` is for one in a table, where ``|`` parts cells."""
    shown = visible(text)
    if not shown:
        return "(empty)"
    mark = "`" * (_longest(shown) + 1)
    touching = shown[0] == "`" or shown[-1] == "`"
    padded = shown[0] == shown[-1] == " " and shown.strip()
    space = " " if touching or padded else ""
    if cell:
        shown = shown.replace("|", "\\|")
    return f"{mark}{space}{shown}{space}{mark}"


def name(text: str, *, cell: bool = False) -> str:
    """Return a name, an id or a path as inline code, cut if it is long."""
    return code(cut(text, _LONGEST_NAME), cell=cell)


def html_code(text: str) -> str:
    """Return a text as code in a block of HTML."""
    return f"<code>{visible(text).translate(_HTML) or '(empty)'}</code>"


def prose(text: str, *, cell: bool = False) -> str:
    """Return a foreign text with its words as they are; everything else becomes code."""
    words = visible(text).split(" ")
    if words == [""]:
        return ""
    parts = []
    for is_space, group in groupby(enumerate(words), key=lambda pair: not pair[1]):
        found = list(group)
        if is_space:
            # One space more than parts two words is one that would not be seen.
            parts.append(code(" " * len(found)))
        else:
            parts += [_word(word, first=index == 0, cell=cell) for index, word in found]
    return " ".join(parts)


def _word(word: str, *, first: bool, cell: bool) -> str:
    if _SAFE.fullmatch(word) and not (first and _LIST_ITEM.match(word)):
        return word
    # Brackets and marks around what acts belong to the sentence.
    found = _ACTING.fullmatch(word)
    before, acting, behind = found.groups() if found else ("", word, "")
    return f"{before}{code(acting, cell=cell)}{behind}"


def sentence(text: str) -> str:
    """Return a sentence that quotes foreign texts; what is in backticks becomes code."""
    told = ""
    for index, part in enumerate(_QUOTED.split(text)):
        inner = part.strip(" ")
        found = code(part) if index % 2 else prose(inner)
        # Where one code ends, another one must not begin.
        apart = part.startswith(" ") or (told.endswith("`") and found.startswith("`"))
        told += " " * (apart and bool(told)) + found
        told += " " * (bool(inner) and part.endswith(" ") and not index % 2)
    return told


def cell(text: str) -> str:
    """Return a text for a cell of a table, its lines one below the other."""
    return "<br>".join(prose(line, cell=True) for line in text.split("\n"))


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of a text, and how many are left out."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit} more characters)"


def within(texts: Iterable[str], room: int) -> list[str]:
    """Return as many of the first texts as fit into ``room`` bytes of UTF-8."""
    found = []
    for text in texts:
        room -= len(text.encode())
        if room < 0:
            break
        found.append(text)
    return found


def fenced(lines: Sequence[str]) -> list[str]:
    """Return lines as a diff block, in a fence that none of them can close."""
    shown = [visible(line) for line in lines]
    fence = "`" * max(_SHORTEST_FENCE, max(map(_longest, shown), default=0) + 1)
    return [f"{fence}diff", *shown, fence]


def _longest(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max(map(len, _TICKS.findall(text)), default=0)
