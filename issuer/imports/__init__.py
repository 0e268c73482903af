"""Bringing an authority's licences in from files, and out again: CSV, JSON Lines and XLSX, of any length."""
