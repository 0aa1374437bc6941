"""What the promises cost: Upheld against its plain twin, in one run on one machine. `make bench` prints it.

The twin (`benchmarks/twin`) is the same site, with the same pages, forms, templates and middleware, over plain tables
in plain Django: nothing is sealed, nothing checked against a policy, nothing recorded. Each side lives in processes
of its own, and they take turns, so that a slow moment of the machine meets both.
"""
