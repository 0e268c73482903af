"""Licences as sealed documents, made by their issuers for one use."""
