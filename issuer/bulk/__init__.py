"""Issuing for many holders at once, without a visit of each wallet: JSON Lines in, credentials out."""
