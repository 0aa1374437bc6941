"""What a person may do about the data held about them: see, take along, correct, delete."""
