"""Complaints of holders about searches in the library, and the authority's answers (R38)."""
