"""The two properties notice a comparison that is too lax or too strict."""

from __future__ import annotations

import pytest
from bites import check_bites
from faults import EDITS_ONLY, LAX, SENT, STRICT, Fault
from roundtrip import check_converges, quirky, sandbox
from samples import everything, of_profile_seed, sparse, with_nulls

_EDITED = {**LAX, **SENT}


def _bites() -> None:
    for fields in (everything(), with_nulls(), sparse()):
        check_bites(fields)


def _converges() -> None:
    for fields in (everything(), with_nulls(), sparse()):
        seed = of_profile_seed(fields)
        for service in (quirky, sandbox):
            check_converges(service, seed, seed)


def _replaces(fault: Fault) -> None:
    assert fault.edit is not None
    edited = of_profile_seed(everything())
    fault.edit(edited)
    check_converges(sandbox, of_profile_seed(everything()), edited)


def test_without_a_fault_all_checks_are_green() -> None:
    _bites()
    _converges()
    for fault in _EDITED.values():
        _replaces(fault)


@pytest.mark.parametrize("name", [*LAX, *STRICT, *EDITS_ONLY])
def test_the_edits_notice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    {**LAX, **STRICT, **EDITS_ONLY}[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        _bites()


@pytest.mark.parametrize("name", _EDITED)
def test_an_apply_notices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _EDITED[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        _replaces(_EDITED[name])


@pytest.mark.parametrize("name", STRICT)
def test_a_second_plan_notices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    STRICT[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        _converges()
