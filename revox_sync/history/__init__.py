"""What earlier runs did: written before each request, and read back."""
