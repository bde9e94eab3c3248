"""From definitions and the account's assistants to a plan: pure functions over plain data."""
