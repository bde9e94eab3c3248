"""Carries a plan out against the account."""
