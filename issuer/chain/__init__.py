"""The chain of an authority's events: sealed in blocks within a second, and audited against the library."""
