"""Showing licences: the wallet's side of OpenID4VP 1.0 (final, July 2025), by ``direct_post`` and ``direct_post.jwt``."""
