"""A project with two environments: a staging and a production account at one address."""

from __future__ import annotations

from support.desk import Desk
from support.service import Service

STAGING_KEY, PRODUCTION_KEY = "rvx_staging_8c41aa", "rvx_production_77f0d2"
STAGING_ORG, PRODUCTION_ORG = "org_staging", "org_production"

PROJECT = """\
vars: {greeting: Hello, seconds: 600}
environments:
  staging:
    api_key_env: REVOX_API_KEY_STAGING
    vars: {greeting: Test call, voicemail: This is a test.}
  production:
    api_key_env: REVOX_API_KEY_PRODUCTION
    vars: {voicemail: Please call again.}
"""
DEFINITION = """\
name: Front desk
prompt: Be kind.
first_sentence: ${var.greeting}, Hotel Lumière.
voicemail_message: ${var.voicemail}
max_call_duration_secs: ${var.seconds}
"""


class House:
    """A desk whose project has two environments, each with an account of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.staging: Service = desk.service.another(STAGING_KEY, STAGING_ORG)
        self.production: Service = desk.service.another(PRODUCTION_KEY, PRODUCTION_ORG)
        desk.env = {
            "REVOX_API_KEY_STAGING": STAGING_KEY,
            "REVOX_API_KEY_PRODUCTION": PRODUCTION_KEY,
            "REVOX_BASE_URL": desk.service.base_url,
        }
        self.project(PROJECT)
        self.define(DEFINITION)

    def project(self, text: str) -> None:
        """Write the project file."""
        self.desk.project.write("revox-sync.yaml", text)

    def define(self, text: str, key: str = "front-desk") -> None:
        """Write a definition."""
        self.desk.project.write(f"assistants/{key}.yaml", text)

    def settle(self) -> None:
        """Apply in both environments, and forget what that asked for."""
        for name in ("staging", "production"):
            result = self.desk.apply("--env", name)
            assert result.code == 0, result.said
        for account in (self.staging, self.production):
            account.requests.clear()


def held(account: Service) -> list[tuple[str, str, float]]:
    """Return what the assistants of an account say, and how long."""
    return [
        (found["first_sentence"], found["voicemail_message"], found["max_call_duration_secs"])
        for found in account.assistants.values()
    ]


def asked(account: Service) -> list[str]:
    """Return every request that an account got."""
    return [f"{request.method} {request.path}" for request in account.requests]
