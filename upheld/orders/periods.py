"""How long things wait."""

from datetime import timedelta

DRAFT_KEEPS = timedelta(days=1)  # an order that was not placed
CHALLENGE_KEEPS = timedelta(hours=1)  # the bank's question whether it is the person
REMINDED_AFTER = timedelta(days=3)
TROUBLE_KEEPS = timedelta(days=14)
RESERVED_KEEPS = timedelta(days=6)  # card networks let go of most authorisations after seven
MONEY_IS_FOLLOWED = timedelta(days=30)  # after an order is over, what is still to be given back is asked for this long
REFUNDS_ARE_TRIED = timedelta(days=3)  # longer than the processor's answer may take; each try is another three days
CARRIED_ON = timedelta(days=60)  # what was placed longer ago is filled, over, or waits for people and not for us
LOOK_EVERY = timedelta(minutes=30)  # at a parcel that is on its way
SOMEBODY_IS_THERE = timedelta(minutes=2)  # whoever began something may still be at it
WRITTEN_AGAIN_AFTER = timedelta(days=1)  # staff have the link that mends an order sent once more
