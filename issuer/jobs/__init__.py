"""Background work of an authority, as its systems and its staff see it. The work itself belongs to the features."""
