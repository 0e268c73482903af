"""The use log: what was received, who asked for what, what they saw, how it ended. Rows are only ever added."""
