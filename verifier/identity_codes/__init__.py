"""Identity codes (CWT Claim 169) of issuers that the operator named: checked, shown, kept nowhere."""
