"""A service to talk to, a project to talk about, and ways to run the command line."""
