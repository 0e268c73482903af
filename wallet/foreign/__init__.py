"""Issuers and verifiers outside the nation's trust lists, as far as the operator of this wallet lets them in."""
