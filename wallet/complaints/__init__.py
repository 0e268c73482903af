"""Complaints of the holder about uses of licences: filed at the other side's desk, followed to their end (R38)."""
