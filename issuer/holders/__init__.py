"""What a holder's wallet may ask of the issuer of a licence that it keeps, besides copies of it."""
