"""A real MongoDB on this machine for a node that has no store of its own."""
