"""The demo world's people, and the journey that is walked with them. All of it is fictional."""
