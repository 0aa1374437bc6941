"""What the checks of this room's promises look at (`upheld.builds.promises`)."""
