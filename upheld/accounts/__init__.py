"""Who someone is to us, and how they get in."""
