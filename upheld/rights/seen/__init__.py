"""Everything held about a person: seen on a page, and taken along in a copy."""
