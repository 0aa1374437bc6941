"""Who works for the company, in which jobs, and how they get in. They are no customers, and share no table with any."""
