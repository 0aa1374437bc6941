"""Releases, the numbered builds that are given out, and what builds report: counts by number, and never by person."""
