"""A node in one file, and a node out of it."""
