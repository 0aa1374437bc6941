"""A request from the first word to its end: asked, confirmed, carried out or answered, and watched."""
