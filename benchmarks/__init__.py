"""Measurements against limits of the same run: ``make bench``. Never a timed test."""
