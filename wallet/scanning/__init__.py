"""Codes and links from outside: typed, pasted or photographed, and led to where they belong."""
