"""How products are used, as pages show it: tables of published figures, drawn, exported and linked to.

Everything here is made of figures that `upheld.builds` published. A figure that is missing was withheld: it is about
fewer builds than the policy's threshold, or about none, and nobody can tell which.
"""
