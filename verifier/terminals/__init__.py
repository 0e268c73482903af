"""The devices of the windows: desks and self-service terminals, each with a key of its own."""
