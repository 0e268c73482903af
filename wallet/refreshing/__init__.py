"""Licences that stay current by themselves: new versions, further copies, and the reason why one has ended."""
