"""Real ports made small for tests. Nothing here is shipped."""
