"""Definition files: read, composed, checked."""
