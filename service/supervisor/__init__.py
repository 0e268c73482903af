"""A whole node on one machine: the store, the three services and the demo's identity provider, as one command."""
