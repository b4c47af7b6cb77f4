"""A person's orders: what is redeemed, and what the ledger makes of each order afterwards."""

from functools import partial

from loyalty.worlds.account import CREDIT, DEBIT, ORDER, RESTORE, REVERSAL, Account
from loyalty.worlds.brand import Brand
from loyalty.worlds.course import (
    Course,
    death,
    due_at,
    expected_coins,
    is_alive,
    one_by_one,
    restores_due,
    reversals_due,
)
from loyalty.worlds.drifting import drift_earnings, judge_earning, judge_reversal, taken_back
from loyalty.worlds.faults import COURSE_FAULTS, REDEMPTION_FAULTS, Attempt, plant_redemption
from loyalty.worlds.joining import review
from loyalty.worlds.law import Law, Offer, Worth, maximum, needed, rupee_effect, value, verdict
from loyalty.worlds.mishaps import MISHAPS
from loyalty.worlds.moments import DAY, HOUR, MINUTE, SECOND
from loyalty.worlds.naming import references
from loyalty.worlds.oddities import (
    ODDITIES,
    PREPAID_TWIN,
    TWINS,
    as_twin,
    ghost_of,
    tell_wrongly,
    twin_effect,
)
from loyalty.worlds.records import Entry, Fields, Order, Slot

_TRIES = 800


class Visits:
    """Places the orders of one account and schedules everything that follows from them."""

    def __init__(self, brand: Brand, account: Account) -> None:
        self.brand = brand
        self.account = account
        self.rng = account.rng
        self.person = account.person
        self.orders: list[Order] = []
        self.earned: dict[Order, Entry] = {}
        self.cod: Order | None = None
        """The first of two orders of one purchase."""
        self.strong: dict[Order, Entry] = {}
        """Debits that name their order outright, so that a restore may name the debit instead."""

    def expect(self) -> None:
        """Puts every order of the person on the calendar; a debit may come a little before its order."""
        for slot in self.person.slots:
            if slot.fault is None and self.rng.random() < 0.5:
                slot.lead_time = int(self.rng.random() * 90 * SECOND)
            self.account.plan(slot.at - slot.lead_time, ORDER, partial(self._come, slot))

    def _come(self, slot: Slot, _: int) -> None:
        if slot.lead_time and not self.account.quiet_until(slot.at):
            slot.lead_time = 0
            self.account.plan(slot.at, ORDER, partial(self._come, slot))
            return
        tier = self.brand.tier_of(self.person, slot.at)
        order = self.brand.shop.draw(self.rng, self.person, slot, tier, self.brand.prefix)
        law = self.brand.book.at(order.placed)
        if slot.fault in REDEMPTION_FAULTS:
            shown = self._come_amiss(order, law, slot.fault)
        elif slot.fault in COURSE_FAULTS:
            shown = self._go_amiss(order, law, slot.fault)
        elif slot.fault == PREPAID_TWIN:
            shown = self._come_again(order, law)
        else:
            shown = slot.fault in ODDITIES and self._come_oddly(order, law, slot.fault)
        if not shown:
            self._come_right(order, law)
        self.orders.append(order)

    def _come_right(self, order: Order, law: Law) -> None:
        """An order as the systems handle it every day."""
        self.brand.shop.fill(self.rng, order)
        self._redeem(order, law)
        crediting = self.brand.crediting(order)
        is_kept = self.person.fault in MISHAPS or (crediting is not None and crediting.moves_credits)
        self.brand.shop.settle(self.rng, order, "kept" if is_kept else None)
        self._judge(order, law)
        self._debit(order, [order.coins] if order.coins else [])
        self._follow(order, law, self._course(order, law))

    def _come_oddly(self, order: Order, law: Law, kind: str) -> bool:
        """An order that is right and told wrongly: baskets are drawn until one can show the kind."""
        odd = ODDITIES[kind]
        for _ in range(_TRIES):
            self.brand.shop.fill(self.rng, order)
            order.applied = order.applied if odd.redeems else "manual"
            if not odd.suits(order):
                continue
            if odd.redeems:
                self._redeem(order, law)
            else:
                order.shown = self.account.purse.spendable(order.placed)
            self.brand.shop.settle(self.rng, order, odd.outcome)
            course = self._course(order, law)
            if kind == TWINS and not course.earns:
                continue
            effect = tell_wrongly(kind, order, self.rng)
            if kind == TWINS:
                self.cod = order
            else:
                self._tell(kind, effect, order)
            self._debit(order, [order.coins] if order.coins else [])
            self._follow(order, law, course)
            return True
        return False

    def _tell(self, kind: str, effect: int, order: Order) -> None:
        """Labels an order that the exports tell differently, or its ghost."""
        if kind == "order_missing_in_gokwik":
            order = ghost_of(order, self.rng)
            self.brand.ghosts.setdefault(self.person.number, []).append(order)
        self.brand.fault("order", kind, effect, order)

    def _come_again(self, order: Order, law: Law) -> bool:
        """The prepaid twin of the order before: it earns, and may redeem, like any other."""
        cod = self.cod
        if cod is None:
            return False
        self.brand.shop.fill(self.rng, order)
        as_twin(order, cod)
        self._redeem(order, law)
        self.brand.shop.settle(self.rng, order, "kept")
        course = self._course(order, law)
        worth = self.brand.book.at(cod.placed).offers[cod.surface].worth
        self.account.at_close.append(partial(self._judge_twins, cod, order, worth))
        self._debit(order, [order.coins] if order.coins else [])
        self._follow(order, law, course)
        return True

    def _judge_twins(self, cod: Order, prepaid: Order, worth: Worth) -> None:
        effect = twin_effect(cod, prepaid, worth)
        if effect is not None:
            self.brand.fault("order", TWINS, effect, cod)

    def _redeem(self, order: Order, law: Law, *, eager: bool = False) -> None:
        """Coins and discount as the checkout grants them, right or wrong; never more than there is to pay."""
        self._choose(order, law, eager=eager)
        broken = self.brand.checkout(order)
        if broken is not None and broken.drift.in_paise:
            order.loyalty //= 100
        if order.loyalty >= order.payable:
            order.coins = order.loyalty = 0

    def _choose(self, order: Order, law: Law, *, eager: bool) -> None:
        """The most that the checkout offers, or by hand a part of it or nothing."""
        at = order.placed - order.slot.lead_time
        broken = self.brand.checkout(order)
        offer = law.offers[order.surface] if broken is None else broken.offers[law.name]
        order.shown = self.account.purse.spendable(at)
        order.coins, order.loyalty = maximum(
            offer, order if broken is None else broken.seen(order), order.shown
        )
        auto = order.applied == "auto" or (order.applied == "" and offer.auto)
        if auto or eager or not order.coins:
            return
        unlaunched = order.surface == "gokwik" and order.placed < self.brand.launched
        if unlaunched or self.rng.random() >= self.brand.style.takes:
            order.coins = order.loyalty = 0
        elif self.rng.random() >= self.brand.style.takes_all:
            self._take_less(offer, order, order if broken is None else broken.seen(order))

    def _take_less(self, offer: Offer, order: Order, seen: Order) -> None:
        """Some smaller redemption that is offered on the order as ``seen``, if there is one (details R8)."""
        if offer.kind == "amount_fixed":
            return
        if offer.in_steps or offer.bps:
            coins = offer.coins * (1 + int(self.rng.random() * (order.coins // offer.coins)))
            discount = value(offer, seen, coins)
        else:
            discount = offer.grain * (1 + int(self.rng.random() * (order.loyalty // offer.grain)))
            coins = needed(offer, seen, discount)
        fits = coins == needed(offer, seen, discount) and discount > 0
        if fits and coins >= offer.min_coins and coins <= order.coins:
            order.coins, order.loyalty = coins, discount

    def _judge(self, order: Order, law: Law) -> None:
        """Labels what a drifting checkout granted, if the order lives and the law says otherwise."""
        broken = self.brand.checkout(order)
        if broken is None or not order.person.lead or not is_alive(order, self.brand.as_of):
            return
        offer = law.offers[order.surface]
        at = order.placed - (order.slot.lead_time if order.coins else 0)
        auto = order.applied == "auto" or (order.applied == "" and offer.auto)
        purse = self.account.purse
        found = verdict(
            offer, order, order.coins, order.loyalty, purse.spendable(at), max(purse.paper(), 0), auto=auto
        )
        if found is not None:
            self.brand.fault("redemption", *found, order=order, cause=broken.drift.cause)

    def _come_amiss(self, order: Order, law: Law, kind: str) -> bool:
        """An order whose redemption goes wrong as planted, if it can; it lives, so that the fault shows."""
        purse = self.account.purse
        order.shown = purse.spendable(order.placed)
        offer = law.offers[order.surface]
        attempt = Attempt(self.rng, self.brand.shop, order, offer, order.shown, purse.paper())
        found = plant_redemption(kind, attempt)
        if found is None:
            return False
        effect, debits = found
        self.brand.shop.settle(self.rng, order, "kept")
        self.brand.fault("redemption", kind, effect, order)
        if kind == "wrong_member":
            at = order.placed + 5 * SECOND + int(self.rng.random() * 50 * SECOND)
            self.brand.inbound[self.brand.victims[self.person.number]] = (order, at, order.coins)
            debits = []
        self._debit(order, debits)
        self._follow(order, law, self._course(order, law))
        return True

    def _go_amiss(self, order: Order, law: Law, kind: str) -> bool:
        """An order whose afterlife goes wrong as planted: baskets are drawn until one can show the fault."""
        spec = COURSE_FAULTS[kind]
        for _ in range(_TRIES):
            self.brand.shop.fill(self.rng, order)
            if spec.tagged(self.rng, law):
                order.tags, order.skipped = "wholesale", True
            self._redeem(order, law, eager=spec.redeems)
            self.brand.shop.settle(self.rng, order, spec.outcome(self.rng, order))
            course = self._course(order, law)
            effect = spec.plant(self.rng, order, law, course, self.brand.as_of)
            if effect is not None:
                self.brand.fault(spec.leg, kind, effect, order)
                self._debit(order, [order.coins] if order.coins else [])
                self._follow(order, law, course)
                return True
        return False

    def _course(self, order: Order, law: Law) -> Course:
        """What the law calls for, and when the ledger will post it, if nothing goes wrong."""
        rng, due = self.rng, due_at(order, law.accrual)
        course = Course(due=due, expected=expected_coins(order, law, due))
        if course.expected:
            course.earns = [(due + MINUTE + int(rng.random() ** 3 * 44 * HOUR), course.expected)]
            drift_earnings(self.brand, order, law, course)
            if course.earns and course.earns[0][0] <= self.brand.as_of:
                course.asked_back = reversals_due(order, law, due, course.earns[0])
        if order.coins:
            course.asked_home = restores_due(order, law, (order.placed, order.coins))
        asked = taken_back(self.brand, order, law, course)
        course.reversals = one_by_one((at + self._delay(), coins) for at, coins in asked)
        course.restores = one_by_one((at + self._delay(), coins) for at, coins in course.asked_home)
        return course

    def _delay(self) -> int:
        return 5 * MINUTE + int(self.rng.random() ** 2 * 64 * HOUR)

    def _follow(self, order: Order, law: Law, course: Course) -> None:
        """Puts the postings of an order's course on the calendar."""
        plan = self.account.plan
        if course.cause:
            judge_earning(self.brand, order, law, course)
        judge_reversal(self.brand, order, law, course)
        for at, coins in course.earns:
            plan(at, CREDIT, partial(self._earn, order, coins))
        for at, coins in course.goodwill:
            plan(at, CREDIT, partial(self._goodwill, order, coins))
        for at, coins in course.reversals:
            plan(at, REVERSAL, partial(self._reverse, order, coins))
        if not self._forgotten(order, law, course):
            for at, coins in course.restores:
                plan(at, RESTORE, partial(self._restore, order, coins))
        not_yet = course.due > self.brand.as_of and course.expected and order.outcome == "kept"
        if not_yet and self.rng.random() < 0.2:
            at = course.due - law.accrual.delay + 5 * MINUTE
            plan(at, CREDIT, partial(self._announce, order, course.expected))
        if order.delivered and self.person.lead and self.rng.random() < self.brand.style.reviews:
            at = order.delivered + DAY + int(self.rng.random() * 18 * DAY)
            plan(at, CREDIT, partial(review, self.account))

    def _forgotten(self, order: Order, law: Law, course: Course) -> bool:
        """Whether a broken system gives nothing back for this order; labelled once that is overdue."""
        end = death(order)
        if end is None or len(course.asked_home) != 1 or order.slot.fault is not None:
            return False
        drift = self.brand.forgets_restore(*end)
        if drift is None:
            return False
        if course.asked_home[0][0] + 72 * HOUR < self.brand.as_of:
            effect = -rupee_effect(law.offers[order.surface].worth, order.coins)
            self.brand.fault("restore", "restore_missing", effect, order, cause=drift.cause)
        return True

    def _names(self, order: Order) -> Fields:
        return references(order, self.rng, noise=self.brand.style.noise)

    def _names_or_parent(self, order: Order, parent: Entry | None, share: float) -> Fields:
        """The order, or the entry that is undone (link method `parent`)."""
        if parent is not None and self.rng.random() < share:
            return {"parent": parent.entry_id}
        return self._names(order)

    def _debit(self, order: Order, debits: list[int]) -> None:
        """Debits, before or a little after the order row; now and then one that failed comes first."""
        at = order.placed - order.slot.lead_time
        lag = int(self.rng.random() * 80 * SECOND)
        if not order.slot.lead_time and self.account.quiet_until(at + lag):
            at += lag
        judged = min(at, order.placed)
        if order.loyalty and self.rng.random() < (0.02 if debits else 0.5):
            void: Fields = {"reference": order.name, "status": "failed"}
            self.account.write(at, DEBIT, "redeem", order.coins_used or 100, "Coins used", **void)
        for coins in debits:
            way, title, fields = self._way(order)
            entry = self.account.debit(at, "redeem", coins, title, judged=judged, order=order, **fields)
            if way in ("transaction", "reference"):
                self.strong[order] = entry
            if way == "transaction":
                order.reward_ref = order.reward_ref or entry.entry_id
            order.coins_used = coins
            at += 5 * SECOND + int(self.rng.random() * 50 * SECOND)

    def _way(self, order: Order) -> tuple[str, str, Fields]:
        """How a debit and its order find each other (contract §3): the way, the title, the reference columns."""
        draw, fields, title = self.rng.random(), self._names(order), "Coins used at checkout"
        if order.slot.fault is not None or not self.brand.style.noise or draw < 0.35:
            return "reference", title, fields
        if draw < 0.42:
            return "text", f"Redeemed on order {order.name}", {}
        if draw < 0.48:
            return "amount_time", title, {}
        return "transaction", title, fields if draw < 0.8 else {}

    def _earn(self, order: Order, coins: int, at: int) -> None:
        entry = self.account.credit(at, "reward", coins, "Order reward", order=order, **self._names(order))
        self.earned[order] = entry

    def _announce(self, order: Order, coins: int, at: int) -> None:
        fields: Fields = {**self._names(order), "status": "pending"}
        self.account.write(at, CREDIT, "reward", coins, "Order reward", **fields)

    def _goodwill(self, order: Order, coins: int, at: int) -> None:
        note = "asked by customer care"
        self.account.credit(at, "adjust", coins, "Goodwill", note=note, reference=order.order_id)

    def _reverse(self, order: Order, coins: int, at: int) -> None:
        fields = self._names_or_parent(order, self.earned.get(order), 0.2)
        self.account.reverse(at, coins, "Reward reversed", order, **fields)

    def _restore(self, order: Order, coins: int, at: int) -> None:
        fields = self._names_or_parent(order, self.strong.get(order), 0.4)
        self.account.restore(at, coins, "Coins returned", order, **fields)
