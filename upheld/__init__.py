"""A customer platform whose published privacy policy is the program that runs."""

__version__ = "0.1.0"
