"""Receipts: what was asked, done and kept, signed and proven."""
