"""The same customers in clear, in SQLAlchemy's tables: for `effaced`, and for what the database does by itself."""
