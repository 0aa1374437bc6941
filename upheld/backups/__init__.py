"""Copies of an instance that open for nobody else, and bring nobody back who was erased."""
