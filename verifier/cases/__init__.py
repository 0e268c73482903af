"""Cases (办件): what a person applies for, from the question at home to the result in the hand."""
