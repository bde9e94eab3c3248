"""Faults planted where the tool bears with lag and other spellings: the tests notice each.

tests/proof plants more of them: waits that end at once, and records that nobody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apply import test_apply_lag as lag
from apply import test_apply_spellings as spellings
from history import test_rollback_lag as rollback
from support.desk import Desk, MakeDesk

from revox_sync.account import remote
from revox_sync.apply import applier, create, write
from revox_sync.cli import approval
from revox_sync.model.shapes import Faq, Number

pytestmark = pytest.mark.usefixtures("hurried", "waits_take_no_time")


async def _trusting(_writing: Any, outcomes: Any) -> Any:
    return outcomes


#: What is put in place of what, and the test that turns red.
FAULTS: dict[str, tuple[Any, str, Any, Callable[[Desk, MakeDesk], None]]] = {
    "a run is green before the account shows what it made": (
        applier,
        "_confirmed",
        _trusting,
        lambda desk, _: lag.test_the_account_is_told_not_to_show_it_yet_and_how_to_go_on(desk),
    ),
    "what a run made and nobody has seen is taken for gone": (
        create,
        "_LONGEST_LAG_S",
        0.0,
        lambda desk, _: lag.test_the_account_is_told_not_to_show_it_yet_and_how_to_go_on(desk),
    ),
    "how a value differs is not said": (
        write,
        "alterations",
        lambda *_: {},
        lambda desk, _: lag.test_what_the_service_made_of_a_text_is_said_and_pull_mends_it(
            desk, "removed the spaces at line ends"
        ),
    ),
    "numbers are sent as they were printed": (
        Number,
        "merge",
        lambda _self, _remote, wanted: wanted,
        lambda _, make: spellings.test_a_rollback_sends_integers_where_the_service_prints_400_0(
            make
        ),
    ),
    "the order of a FAQ counts": (
        Faq,
        "canonical",
        lambda shape, items: shape.rendered(items, items),
        lambda _, make: spellings.test_a_faq_in_another_order_by_id_than_in_the_list_is_the_same(
            make
        ),
    ),
    "the order of open questions counts": (
        remote,
        "sorted",
        lambda items: items,
        lambda _, make: spellings.test_a_faq_in_another_order_by_id_than_in_the_list_is_the_same(
            make
        ),
    ),
    "every run is said to be recorded": (
        approval,
        "any",
        lambda _: True,
        lambda desk, _: rollback.test_a_run_that_wrote_nothing_is_not_said_to_be_recorded(desk),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    desk: Desk, desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    place, name, broken, test = FAULTS[fault]
    monkeypatch.setattr(place, name, broken, raising=False)
    with pytest.raises(AssertionError):
        test(desk, desk_with)
