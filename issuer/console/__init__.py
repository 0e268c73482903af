"""The pages of the issuing authority's staff; ``install_console`` puts them into the application."""
