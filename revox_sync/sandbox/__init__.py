"""The embedded local Revox API: a second, independent reading of the contract."""
