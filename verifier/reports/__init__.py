"""What the windows saved and where they turned people away: figures from the records, in pictures, tables and CSV."""
