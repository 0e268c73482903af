"""The departments that ask, their keys and certificates, and their staff."""
