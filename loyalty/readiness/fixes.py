"""What to do about each finding of the set-up audit, in the words and at the places of both dashboards."""

from collections.abc import Mapping

_GOKWIK = "GoKwik admin → Quick Checkout → Settings → Integration → Loyalty Points"
_NECTOR = "Nector dashboard → GoKwik integration"

FIXES: Mapping[str, str] = {
    "not_looked_at": f"Look at {_GOKWIK} and write what stands there into brand.yaml.",
    "not_enabled": f"{_NECTOR}: Initialize. Then {_GOKWIK}: choose Nector Coins and switch it on.",
    "disabled_in_rules": "The rules redeem nothing here while the dashboard does: switch one of the two.",
    "webhook_id_missing": (
        f"{_NECTOR}: copy the Secret Webhook Id, and enter it in {_GOKWIK} → Webhook ID and nowhere else."
    ),
    "webhook_id_in_file": (
        "Whoever has the webhook id can take coins and give them: take it out of the file and of its history, "
        f"ask Nector for a new one, and enter that in {_GOKWIK} → Webhook ID."
    ),
    "no_offer": (
        "Make an offer of its own for GoKwik on the Nector dashboard, and write it into the rules as redeem.gokwik."
    ),
    "never_binds": "Other limits always hold first: take it out, or set it to what it is meant to hold down.",
    "mirror_differs": (
        "It is called a mirror and is none: make the two offers equal on the Nector dashboard, or tell customers "
        "the difference."
    ),
    "surface_differs": (
        "The two offers are separate on the Nector dashboard: if customers should get the same, make them equal "
        "and one a mirror of the other (same_as); else tell customers the difference."
    ),
    "no_min_cart": (
        "Optional: set a minimum cart amount for the GoKwik offer on the Nector dashboard, and in the rules."
    ),
    "no_min_payable": (
        "Set Minimum Amount Customer Has To Pay of the GoKwik offer on the Nector dashboard to ₹1 or more, and in "
        "the rules."
    ),
    "base_not_recommended": (
        f"{_GOKWIK} → calculation base: Total payable amount, as recommended; then a new rule version."
    ),
    "base_differs": (
        f"One of the two is wrong: set {_GOKWIK} → calculation base to what the rules promise, or write a new rule "
        "version."
    ),
    "apply_differs": (
        f"One of the two is wrong: set {_GOKWIK} → auto-apply to what the rules promise, or write a new rule version."
    ),
    "web_off": f"{_GOKWIK}: activate it for the website, unless it is left out on purpose.",
    "mobile_off": f"{_GOKWIK}: activate it for mobile, unless it is left out on purpose.",
    "partial_refund_keeps_spent": (
        "Nector dashboard → Revert spent coins: a partial refund is not among its events, so it gives no coins back. "
        "Add it and set partial_restore: pro_rata, or tell customers and support."
    ),
    "spent_not_returned": (
        "Nector dashboard → Revert spent coins: add these. An RTO reaches Nector only as cancelled, refunded or a tag."
    ),
    "earned_not_taken_back": (
        "Nector dashboard → Revert earned coins: add these, or coins are kept for what was never bought."
    ),
    "freeze_risk": (
        "Coins come late, so customers ask and support rewards the order by hand: that freezes the order, and no "
        "later refund is followed. Credit the member without naming the order."
    ),
}
