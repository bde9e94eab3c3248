"""An assistant of the account as the text of a definition file that people like to read."""
