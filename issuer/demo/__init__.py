"""Sample records for trying out; all people, companies and authorities in them are fictional."""
