"""Self-service terminals: a citizen alone before a screen, without any function of staff."""
