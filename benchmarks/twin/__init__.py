"""The plain twin: Upheld's own site, with the views that are compared put over plain tables."""
