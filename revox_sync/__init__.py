"""Revox voice assistants as code: review, plan and apply them from git."""

__version__ = "0.1.0"
