"""Whether the promises hold: runs their checks, keeps what they saw."""
