"""The authorisation server of a node: a person finds and claims all licences that its library holds, without an offer.

OAuth 2.0 authorisation code flow as HAIP 1.0 section 4 profiles it: pushed requests (RFC 9126), PKCE S256 (RFC 7636), the
server's name in the answer (RFC 9207), DPoP (RFC 9449), wallets attested by a listed provider.
"""
