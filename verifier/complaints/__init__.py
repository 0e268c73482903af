"""Complaints of holders about what a department asked, saw or decided, and its answers (R38)."""
