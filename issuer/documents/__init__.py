"""Licences as documents: a sealed PDF that any reader shows and any validator trusts."""
