"""The wallet service's own organisation: certificate, status lists of what it keeps, attestations of its wallets."""
