"""What may be shown, and what stands in its place."""
