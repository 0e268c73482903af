"""Asking for licences: requests to wallets, their answers, and the pages of the window."""
