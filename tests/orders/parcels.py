"""A parcel, who sends it and who gets it, for every test of a carrier."""

from upheld.orders.carriers import Addressee, Parcel
from upheld.orders.carriers.sender import Sender

ADA = Addressee("Ada Lovelace", "12 St James's Square", "US", "Flat 3", "Springfield", "IL", "62704")
HARBOUR = {"address_line1": "1 Harbour Way", "city": "San Francisco", "region": "CA", "postal_code": "94111"}
COMPANY = Sender("Exokit", "US", HARBOUR)
BOX = Parcel(weight=500, length=300, width=200, height=100)
KEY = "0193-instruction"
