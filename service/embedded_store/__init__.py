"""A real MongoDB on this machine for a node that has no store of its own.

Settings reads :mod:`service.embedded_store.address` at start; so this package imports nothing by itself.
"""
