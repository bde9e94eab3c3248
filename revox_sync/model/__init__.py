"""What an assistant is: its fields, their types, and when two values mean the same."""
