"""Somebody else's Django project that embeds the lower floors: policy, ledger and vault, and nothing above."""
