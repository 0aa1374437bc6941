"""What staff work on: a case is one open matter about one person, taken by one member, and opens what its job needs."""
