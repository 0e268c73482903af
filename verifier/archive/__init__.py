"""Archive packages (电子归档, R37): a case's records as a BagIt container that proves itself without this software's store."""
