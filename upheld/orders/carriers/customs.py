"""What customs are told of a parcel that leaves the country: the goods, and nothing of who ordered them."""

from typing import Any

from upheld.orders.carriers.carrier import Goods, Parcel
from upheld.orders.carriers.measures import ounces
from upheld.orders.carriers.sender import Sender

LONGEST = 35  # characters of a description on the forms of most posts
UNDER_EXPORT_FILING = "NOEEI 30.37(a)"  # 15 CFR 30.37(a): goods of up to 2,500 dollars leave the US without a filing


def customs(parcel: Parcel, sender: Sender, to: str) -> dict[str, Any]:
    """EasyPost's customs form, signed by the company; nothing for a parcel that stays in the country."""
    if to.upper() == sender.country or not parcel.goods:
        return {}
    form = {
        "contents_type": "merchandise",
        "customs_certify": True,
        "customs_signer": sender.name,
        "restriction_type": "none",
        "customs_items": [_item(goods, sender.country) for goods in parcel.goods],
    }
    return {"customs_info": form | ({"eel_pfc": UNDER_EXPORT_FILING} if sender.country == "US" else {})}


def _item(goods: Goods, origin: str) -> dict[str, Any]:
    return {
        "description": goods.title[:LONGEST],
        "quantity": goods.quantity,
        "value": str(goods.value.amount),
        "currency": goods.value.currency.code,
        "weight": ounces(goods.weight),
        "origin_country": origin,
    }
