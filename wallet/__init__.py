"""The licences of a person or a legal entity, and showing them."""
