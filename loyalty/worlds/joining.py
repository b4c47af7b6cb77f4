"""A member's life beside orders: bonuses, imports, goodwill, corrections, coupons, other wallets."""

from functools import partial

from loyalty.worlds.account import CREDIT, DEBIT, RESTORE, Account
from loyalty.worlds.brand import Brand
from loyalty.worlds.moments import DAY, HOUR, MINUTE, date_text, day_of, iso_utc_ms, midnight
from loyalty.worlds.records import Entry, Fields

_EDGE = 4 * DAY


def join(brand: Brand, account: Account) -> None:
    """Signup bonus, or the balance brought along from the former programme."""
    person, rng = account.person, account.rng
    if person.joined >= brand.start:
        account.plan(person.joined + 2000, CREDIT, partial(_bonus, account, "signup", "Signup bonus"))
    if person.first_balance:
        at = brand.start + HOUR + int(rng.random() * 18 * HOUR)
        life = day_of(at) + 40 + int(rng.random() * 160) if rng.random() < 0.35 else None
        account.plan(
            at, CREDIT, partial(bring, account, person.first_balance, "Opening balance import", life)
        )


def bring(account: Account, coins: int, title: str, last_day: int | None, at: int) -> None:
    """An import; ``last_day`` is the row's own expiry date, lived through to midnight (details X2)."""
    if last_day is None:
        account.credit(at, "import", coins, title)
    else:
        account.credit(at, "import", coins, title, dies=midnight(last_day + 1), expire=date_text(last_day))


def wander(brand: Brand, account: Account) -> None:
    """Whatever else happens to a member now and then."""
    rng, first = account.rng, max(account.person.joined, brand.start) + DAY
    span = brand.as_of - _EDGE - first
    if span <= 0:
        return
    draw = rng.random()
    at = first + int(rng.random() * span)
    if draw < 0.04:
        account.plan(at, CREDIT, partial(_bonus, account, "referral", "Referral bonus"))
    elif draw < 0.06:
        account.plan(at, CREDIT, partial(_goodwill, account))
    elif draw < 0.07:
        account.plan(at, DEBIT, partial(_correct, account))
    elif draw < 0.09:
        account.plan(at, DEBIT, partial(_mint, account))
    elif draw < 0.096:
        account.plan(at, CREDIT, partial(_store_credit, account))
    elif draw < 0.099:
        account.plan(brand.as_of - int(rng.random() * 70 * HOUR), CREDIT, partial(_hesitate, account))


def review(account: Account, at: int) -> None:
    """Coins for a review, somewhere in the promised range; booked as a bonus or as a reward without an order."""
    low, high = account.book.at(at).bonuses["review"]
    kind = "bonus" if account.rng.random() < 0.5 else "reward"
    account.credit(at, kind, low + int(account.rng.random() * (high - low + 1)), "Review reward")


def _bonus(account: Account, name: str, title: str, at: int) -> None:
    account.credit(at, "bonus", account.book.at(at).bonuses[name][0], title)


def _goodwill(account: Account, at: int) -> None:
    account.credit(at, "adjust", 20 + int(account.rng.random() * 130), "Goodwill", note="late delivery")


def _correct(account: Account, at: int) -> None:
    coins = min(account.purse.spendable(at) // 3, 10 + int(account.rng.random() * 80))
    if coins > 0:
        account.debit(at, "adjust", coins, "Correction of a typing error")


def _mint(account: Account, at: int) -> None:
    """Coins become a coupon that no order has used yet; unused, they come home just before it dies."""
    rng = account.rng
    coins = 100 * (1 + int(rng.random() * 2))
    if account.purse.spendable(at) < coins:
        return
    life = at + 15 * DAY + int(rng.random() * 45 * DAY)
    by_date = rng.random() < 0.5
    dies = midnight(day_of(life) + 1) if by_date else life
    code = f"MINT-{rng.getrandbits(40):010X}"
    expire = date_text(day_of(life)) if by_date else iso_utc_ms(life)
    minted = account.debit(at, "redeem", coins, "Coupon issued", hash=code, expire=expire)
    home = dies - MINUTE - int(rng.random() * HOUR)
    account.plan(home, RESTORE, partial(_unmint, account, minted, code))


def _unmint(account: Account, minted: Entry, code: str, at: int) -> None:
    fields: Fields = {"parent": minted.entry_id} if account.rng.random() < 0.5 else {"hash": code}
    account.restore(at, minted.coins, "Coupon not used", None, **fields)


def _store_credit(account: Account, at: int) -> None:
    account.write(
        at, CREDIT, "adjust", 50 + int(account.rng.random() * 400), "Store credit", wallet="credits"
    )


def _hesitate(account: Account, at: int) -> None:
    coins = 20 + int(account.rng.random() * 80)
    account.write(at, CREDIT, "adjust", coins, "Goodwill in review", status="pending")
