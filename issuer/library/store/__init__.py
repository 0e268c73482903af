"""Persistence of the licence library; the only package of this feature that knows the database."""

from issuer.library.store.licences import LicenceFilter, LicenceStore

__all__ = ["LicenceFilter", "LicenceStore"]
