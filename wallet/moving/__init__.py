"""Moving a wallet to another wallet service: one file, sealed with the holder's own words."""
