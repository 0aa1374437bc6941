"""The parts of a person's copy: gathered once, page by page, and written down for programs, for tables, for reading."""
