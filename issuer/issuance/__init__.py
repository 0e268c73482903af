"""Issuing copies of licences to wallets: OpenID4VCI 1.0, pre-authorised code flow, format ``dc+sd-jwt``."""
