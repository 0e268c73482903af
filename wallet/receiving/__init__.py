"""Receiving licences: the wallet's side of OpenID4VCI 1.0 (final, September 2025), pre-authorised code flow."""
