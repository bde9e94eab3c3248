"""The official SDK drives the sandbox; its generated types judge the raw answers, strictly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import KEY, Api

SCRIPT = Path(__file__).with_name("drive_sdk.py")
OLD_PYTHON = "REVOX_SDK_0_1_1_PYTHON"


def test_sdk_0_5_0_finds_nothing_to_complain_about_in_profile_current(api: Api) -> None:
    assert _drive(sys.executable, api) == (0, "")


@pytest.mark.skipif(
    not os.environ.get(OLD_PYTHON),
    reason=f"{OLD_PYTHON} does not name the Python of an environment with revox==0.1.1",
)
def test_sdk_0_1_1_finds_nothing_to_complain_about_in_profile_seed(seed_api: Api) -> None:
    assert _drive(os.environ[OLD_PYTHON], seed_api) == (0, "")


def _drive(python: str, api: Api) -> tuple[int, str]:
    command = [python, str(SCRIPT), api.base_url, KEY, api.profile]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return ran.returncode, (ran.stdout + ran.stderr).strip()
