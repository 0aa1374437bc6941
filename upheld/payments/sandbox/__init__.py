"""A simulated payment processor: test money, real manners.

The program (`python -m upheld.payments.sandbox`) is a process of its own without Django, with its own storage, which
our side reaches only over HTTP, as it would reach any processor: `client.Sandbox`. Its interface is written down in
docs/spec/sandbox.md.
"""
