"""The codes of the field: who somebody is, where something is, which licence is meant.

One module per code; each reads untrusted text with ``parse_*`` into a value or raises its own error.
"""
