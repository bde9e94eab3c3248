"""Writes definition files: new ones, and changes of what is there."""
