"""Whose wallet it is: one account for each person, found by certificate type and number, locked by a key of its own."""
