"""Definitions can be looked at where no secret may be: each secret stands for itself."""

from __future__ import annotations

import pytest
from support.desk import Desk

STATED = """\
name: Front desk
prompt: Be kind to ${secret.GUEST}.
webhook_url: ${secret.HOOK}
transfer_phone_number: ${secret.NUMBER}
"""


@pytest.fixture
def secretive(desk: Desk) -> Desk:
    desk.project.write("assistants/front-desk.yaml", STATED)
    return desk


def test_unset_secrets_are_errors(secretive: Desk) -> None:
    assert secretive.run("validate").code == 1


def test_without_secrets_they_are_none(secretive: Desk) -> None:
    result = secretive.run("validate", "--without-secrets")
    assert (result.code, result.out) == (0, "1 definition, 0 errors, 0 warnings\n")


def test_a_secret_that_is_set_is_not_read_either(secretive: Desk) -> None:
    secretive.env |= {f"REVOX_SECRET_{name}": "nonsense" for name in ("GUEST", "HOOK", "NUMBER")}
    assert secretive.run("validate").code == 1
    assert secretive.run("validate", "--without-secrets").code == 0


def test_other_mistakes_are_still_found(secretive: Desk) -> None:
    secretive.project.write("assistants/front-desk.yaml", STATED + "voicemail_mesage: Hello\n")
    result = secretive.run("validate", "--without-secrets")
    assert result.code == 1
    assert "5:1: error[unknown-key]" in result.out


def test_a_secret_in_the_defaults_is_withheld_too(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "defaults: {webhook_url: '${secret.HOOK}'}\n")
    desk.project.define(prompt="Be kind.")
    assert desk.run("validate").code == 1
    assert desk.run("validate", "--without-secrets").code == 0
