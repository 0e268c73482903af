"""Who signs, and whom to trust: key custody, certificates, trust lists."""
