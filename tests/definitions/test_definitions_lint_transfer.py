"""Rules on handing a call to a person, and on phone numbers."""

from __future__ import annotations

from typing import Any

import pytest
from reading import found, problems_of, said, short
from support.project import Project

SALES = {"label": "Sales", "phone_number": "+33123456789"}
CARE = {"label": "Customer care", "phone_number": "+33123456780"}


@pytest.mark.parametrize(
    "nobody",
    [
        {"transfer_destinations": []}, {"transfer_destinations": None},
        {"transfer_phone_number": None}, {"transfer_phone_number": None,
                                          "transfer_destinations": []},
    ],
)  # fmt: skip
def test_a_mode_needs_somebody_to_transfer_to(project: Project, nobody: dict[str, Any]) -> None:
    assert said(project, human_transfer_mode="cold", **nobody) == ["error transfer-to-nobody"]
    assert said(project, human_transfer_mode=None, **nobody) == []


def test_a_mode_alone_leaves_the_people_to_the_dashboard(project: Project) -> None:
    assert said(project, human_transfer_mode="cold") == []


@pytest.mark.parametrize(
    "somebody",
    [{"transfer_destinations": [SALES]}, {"transfer_phone_number": "+33123456789"}],
)
def test_either_form_names_somebody(project: Project, somebody: dict[str, Any]) -> None:
    assert said(project, human_transfer_mode="warm", **somebody) == []
    assert said(project, **somebody) == []


@pytest.mark.parametrize(
    ("mode", "instructions", "expected"),
    [
        ("warm", "Be brief.", []),
        ("cold", "Be brief.", ["warning idle-transfer-instructions"]),
        (None, "Be brief.", ["warning idle-transfer-instructions"]),
        ("cold", "", []),
        ("cold", None, []),
    ],
)
def test_instructions_are_for_warm_transfer(
    project: Project, mode: str | None, instructions: str | None, expected: list[str]
) -> None:
    fields = {
        "human_transfer_mode": mode,
        "transfer_destinations": [SALES],
        "warm_transfer_summary_instructions": instructions,
    }
    assert said(project, **fields) == expected


def routed(project: Project, prompt: str, *destinations: dict[str, str]) -> list[str]:
    text = f"name: n\nprompt: |\n  {prompt}\ntransfer_destinations:\n"
    for destination in destinations:
        members = (f'{name}: "{value}"' for name, value in destination.items())
        text += f"  - {{{', '.join(members)}}}\n"
    return short(problems_of(project, text))


def test_the_prompt_names_every_one_of_several_destinations(project: Project) -> None:
    assert routed(project, "Orders go to sales.", SALES, CARE) == ["6:13 unnamed-destination"]
    assert (
        routed(project, "Orders go to sales,\n  the rest to customer\n  care.", SALES, CARE) == []
    )


def test_the_prompt_need_not_name_a_single_destination(project: Project) -> None:
    assert routed(project, "Be kind.", SALES) == []
    assert routed(project, "Be kind.", SALES | {"label": ""}) == []


def test_a_prompt_of_the_defaults_names_destinations(project: Project) -> None:
    project.write("revox-sync.yaml", "defaults: {prompt: Sales or customer care.}\n")
    project.write("assistants/a.yaml", "")
    two = f"name: n\ntransfer_destinations: [{SALES}, {CARE}]\n"
    assert problems_of(project, two) == ()


@pytest.mark.parametrize("label", ["", " "])
def test_each_of_several_destinations_has_a_label(project: Project, label: str) -> None:
    blank = SALES | {"label": label}
    assert routed(project, "Sales.", SALES, blank, blank) == [
        "6:13 blank-label",
        "7:13 blank-label",
    ]


@pytest.mark.parametrize("label", ["Sales", "sales", " Sales "])
def test_two_destinations_cannot_have_one_label(project: Project, label: str) -> None:
    assert routed(project, "Sales.", SALES, CARE | {"label": label}) == ["6:13 duplicate-label"]
    assert routed(project, "Sales 2.", SALES, CARE | {"label": f"{label} 2"}) == []


@pytest.mark.parametrize("number", ["0123456789", "+33 1 23 45 67 89", ""])
def test_every_phone_number_is_in_e164(project: Project, number: str) -> None:
    destinations = f'transfer_destinations: [{{label: x, phone_number: "{number}"}}]\n'
    assert found(project, destinations) == ["error 3:50 phone-format"]
    assert found(project, f'from_phone_number: "{number}"\n') == ["error 3:20 phone-format"]
    assert found(project, 'from_phone_number: "+33123456789"\n') == []


def test_a_number_in_the_defaults_is_reported_there_alone(project: Project) -> None:
    project.write("revox-sync.yaml", 'defaults: {from_phone_number: "1"}\n')
    both = 'from_phone_number: "2"\n'
    assert found(project, "") == ["error revox-sync.yaml:1:31 phone-format"]
    assert found(project, both) == [
        "error revox-sync.yaml:1:31 phone-format",
        "error 3:20 phone-format",
    ]
