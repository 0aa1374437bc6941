"""How to reach someone, what they agreed to hear, and the letters that go out."""
