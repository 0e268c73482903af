"""Keeping originals provable: a new time stamp before the newest one weakens (ETSI EN 319 142-1 section 5.5)."""
