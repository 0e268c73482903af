"""The wallet as an app on a phone: what makes it installable, and what it can do without a network."""
