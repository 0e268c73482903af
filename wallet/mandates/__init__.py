"""Acting for others: who may act for a legal entity, a child or a relative, how far, until when, and how that ends."""
