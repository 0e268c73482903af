"""The pages of the issuing authority's staff."""
