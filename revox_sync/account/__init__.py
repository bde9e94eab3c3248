"""The Revox HTTP API: paths, envelopes, retries. Nothing else knows them."""
