"""The window: what a service item needs, what was shown, what was decided."""
