"""Finding licences: what any connected library holds of the person, fetched without a visit and without an offer."""
