"""The files of a project: one way to read them, one way to write them."""
