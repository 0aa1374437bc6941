"""How a letter is shown on a page of its own, inside ours."""

# A letter as a mail program shows it: it runs nothing, fetches nothing and leads nowhere.
ALONE = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["'none'"],
    "sandbox": [],
}
