"""Comments and issues on GitHub, where people review: one of each, found again and kept up to date.

This room knows nothing of plans: it is handed a finished text. What it relies on is GitHub's REST
API, version 2022-11-28, as documented at https://docs.github.com/rest.
"""
