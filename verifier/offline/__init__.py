"""The window that is cut off (R10): bundles of lists from its department's centre, and its records on the way back."""
