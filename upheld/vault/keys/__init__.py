"""The key store: one key per subject and retention class, wrapped by a root key, apart from the data."""
