"""The licences that a person keeps: copies of credentials with their keys, sealed, shown as cards with their state."""
