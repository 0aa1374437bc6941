"""Shows that the rights hold: on a person made up for it, and on what is there."""
