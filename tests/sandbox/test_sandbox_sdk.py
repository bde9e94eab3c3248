"""The first official SDK drives the sandbox; its types judge the raw answers, strictly.

The newest one is a check of ``conformance.py``, in this process.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from running import KEY, Api

SCRIPT = Path(__file__).with_name("drive_sdk.py")
OLD_PYTHON = "REVOX_SDK_0_1_1_PYTHON"


@pytest.mark.skipif(
    not os.environ.get(OLD_PYTHON),
    reason=f"{OLD_PYTHON} does not name the Python of an environment with revox==0.1.1",
)
def test_sdk_0_1_1_finds_nothing_to_complain_about_in_profile_seed(seed_api: Api) -> None:
    command = [os.environ[OLD_PYTHON], str(SCRIPT), seed_api.base_url, KEY, seed_api.profile]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, (ran.stdout + ran.stderr).strip()) == (0, "")
