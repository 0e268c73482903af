"""The licence library of the authorities, and issuing from it."""
