"""Offers for a whole selection of licences: one call, work in the background, a file of links."""
