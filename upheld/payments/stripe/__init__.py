"""Stripe, by its own library. Cards are typed on Stripe's page, so that no page of ours loads anything from it."""
