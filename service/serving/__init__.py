"""One service as processes that answer HTTP."""
