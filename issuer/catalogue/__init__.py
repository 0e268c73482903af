"""The licence types that an authority may issue, with an example of each."""
