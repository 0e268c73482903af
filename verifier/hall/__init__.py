"""The hall: where a citizen prepares a case at home, before any visit (R5, R14). No sign-in: what counts is what a wallet shows."""
