"""Did you mean: the known word that a mistyped one is closest to."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the member of ``known`` that ``word`` most likely stands for, else None."""
    import difflib

    by_folded = {name.casefold().replace("-", "_"): name for name in known}
    folded = word.casefold().replace("-", "_")
    matches = difflib.get_close_matches(folded, by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def hint_for(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean …?``, or the list of what is known where nothing comes close."""
    names = sorted(known)
    match = closest(word, names)
    return f"did you mean {match}?" if match else "known here: " + ", ".join(names)
