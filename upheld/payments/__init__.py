"""Money in and out, against a reference. Card numbers never come in: a processor keeps them and gives us tokens."""
