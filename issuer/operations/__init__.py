"""Bulk operations: one operation on many licences, previewed, approved by a second person, carried out in the background."""
