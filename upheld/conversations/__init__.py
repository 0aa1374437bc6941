"""What people write to us about, and our answers: opened for its own matter alone, and gone when its time is over."""
