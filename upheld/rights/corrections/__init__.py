"""What is held is put right: by the person, by staff with the person's yes, and wherever else it stands."""
