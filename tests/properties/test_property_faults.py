"""The two properties notice a comparison that is too lax or too strict."""

from __future__ import annotations

from typing import Any

import pytest
from properties.bites import check_bites
from properties.faults import EDITS_ONLY, LAX, SENT, STRICT, Fault
from properties.roundtrip import check_converges, quirky, sandbox
from properties.samples import everything, of_profile, sparse, with_nulls

_EDITED = {**LAX, **SENT}
_EVERY = {**_EDITED, **STRICT, **EDITS_ONLY}
_SAMPLES = (everything, with_nulls, sparse)


def _bites(field: str) -> None:
    for sample in _SAMPLES:
        fields = _some(sample(), {field})
        if field in fields:
            check_bites(fields)


def _converges(fields: set[str]) -> None:
    for sample in _SAMPLES:
        stated = _some(of_profile("current", sample()), fields)
        for service in (quirky, sandbox):
            check_converges(service, "current", stated, stated)


def _replaces(*faults: Fault) -> None:
    edited = everything()
    for fault in faults:
        assert fault.edit is not None
        fault.edit(edited)
    fields = {fault.field for fault in faults}
    for service in (sandbox, quirky):
        first, second = (_some(of_profile("current", of), fields) for of in (everything(), edited))
        check_converges(service, "current", first, second)


def _some(fields: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: fields[name] for name in fields if name in names | {"name", "prompt"}}


def test_without_a_fault_all_checks_are_green() -> None:
    """Of edits, ``test_property_bites.py`` checks the same samples, with all of their fields."""
    _converges({fault.field for fault in STRICT.values()})
    _replaces(*_EDITED.values())


@pytest.mark.parametrize("name", [*LAX, *STRICT, *EDITS_ONLY])
def test_the_edits_notice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _EVERY[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        _bites(_EVERY[name].field)


@pytest.mark.parametrize("name", _EDITED)
def test_an_apply_notices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _EDITED[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        _replaces(_EDITED[name])


@pytest.mark.parametrize("name", STRICT)
def test_a_second_plan_notices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    STRICT[name].plant(monkeypatch)
    with pytest.raises(AssertionError):
        _converges({STRICT[name].field})
