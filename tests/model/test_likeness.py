"""Normal forms of texts that hold more marks than any language."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import pytest

from revox_sync.model.likeness import normalized

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        "Hôtel",
        "ﬁn de l'e\u0301te\u0301",
        "か\u3099" * 40,
        "q\u0307\u0323 " * 40,
        "a" + "\u0323\u0301" * 15,
    ],
)
def test_what_people_write_is_as_unicode_says(form: Form, text: str) -> None:
    assert normalized(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
def test_no_letter_keeps_so_many_marks_that_sorting_them_takes_long(form: Form) -> None:
    """Python takes the square of their number: 80,000 in one name took eight seconds."""
    found = normalized(form, "a" + "\u0301\u0323" * 1000)
    assert found.count("\u0323") + found.count("ạ") == 1000
    assert max(map(len, re.findall("[\u0300-\u034e]+", found))) == 30
