"""What a clerk decides on what was shown, and the record that remains of it."""
