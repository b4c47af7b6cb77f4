"""What customers say: support tickets about redeeming, and feedback on rewards."""

import polars as pl

from loyalty.intake.themes import VERSION
from loyalty.metrics.given import Given
from loyalty.metrics.intervals import Z_95
from loyalty.metrics.rows import ALL, Ratio, both, per_thousand, ratios, shaped, shares
from loyalty.values.frames import beside
from loyalty.values.times import month_of

_SEGMENTS = ("tier", "member_cohort")
_WORDS = f"sorted by word list {VERSION}"


def tickets_per_redemption(given: Given) -> pl.DataFrame:
    """``tk_1``: tickets about redeeming per 1,000 redemptions.

    *Numerator*: distinct tickets created in the period whose themes say redemption; one opened again is the same.
    *Denominator*: attempts, checkouts of the period in which coins were applied; where no export of checkouts
    says so, posted redeem debits. The note says which, and the version of the word list. *Interval*: Garwood.
    """
    tried = given.checkouts.filter(pl.col("points_applied") > 0).select("member_no", at="started_at")
    redeemed = given.linked.filter(pl.col("is_posted") & (pl.col("leg") == "redemption"))
    has_attempts = "checkouts" in given.kinds and tried.height > 0
    base = tried if has_attempts else redeemed.select("member_no", at="created_at")
    what = "attempts in the checkouts export" if has_attempts else "redemptions of the ledger"
    return per_thousand("tk_1", _against(given, base), _SEGMENTS, f"{_WORDS}; per {what}", "no redemption")


def tickets_per_order(given: Given) -> pl.DataFrame:
    """``tk_2``: tickets about redeeming (as in ``tk_1``) per 1,000 valid orders of the period. *Interval*: Garwood."""
    placed = given.purchases.select("member_no", at="placed_at")
    return per_thousand("tk_2", _against(given, placed), _SEGMENTS, _WORDS, "no order")


def tickets_with_mismatch(given: Given) -> pl.DataFrame:
    """``tk_3``: of the tickets that name a known order, the share whose order has a mismatch.

    *Denominator*: all tickets created in the period with an order id. *Numerator*: of these, those whose order has a
    row with status mismatch. *Interval*: delta method, clustered by customer.
    """
    wrong = given.verdict.filter(pl.col("status") == "mismatch")["order_id"].drop_nulls().unique()
    names = given.orders.select("order_no", "order_id")
    told = given.tickets.drop_nulls("order_no").pipe(beside, names, "order_no")
    rows = told.with_columns(
        period=month_of(pl.col("created_at")),
        wrong=pl.col("order_id").is_in(wrong.implode()).cast(pl.Int64),
        one=pl.lit(1, pl.Int64),
    ).pipe(beside, _people(given), "member_no")
    return ratios(both(rows), [Ratio("tk_3", "wrong", "one")], _SEGMENTS)


def csat(given: Given) -> pl.DataFrame:
    """``fb_1``: the share of answers on the scale of five that are 4 or 5.

    *Denominator*: answers of scale csat5, given in the period. The export does not say how many were asked, so there
    is no response rate. *Interval*: Wilson, one answer a unit (details M6, M10).
    """
    answers = _answers(given, "csat5").with_columns(is_counted=pl.col("score") >= 4)
    return shares("fb_1", answers, _SEGMENTS, "the response rate is not known", "no answer")


def nps(given: Given) -> pl.DataFrame:
    """``fb_2``: net promoter score, answers of 9 or 10 less answers of 0 to 6, per 100 answers; from −100 to 100.

    *Numerator*: promoters − detractors; *denominator*: answers of scale nps given in the period. *Interval*:
    ± z × √((p + d − (p − d)²) / n), in points, not beyond ±100.
    """
    score = pl.col("score")
    answers = both(_answers(given, "nps").with_columns(up=score >= 9, down=score <= 6))
    cells = [
        answers.group_by(["period"] if segment == ALL else ["period", segment])
        .agg(
            up=pl.col("up").sum().cast(pl.Int64),
            down=pl.col("down").sum().cast(pl.Int64),
            n=pl.len().cast(pl.Int64),
        )
        .select(
            "period",
            "up",
            "down",
            "n",
            segment=pl.lit(segment),
            segment_value=pl.lit(ALL) if segment == ALL else pl.col(segment).fill_null("none"),
        )
        for segment in (ALL, *_SEGMENTS)
    ]
    told = pl.concat(cells)
    if told.is_empty():
        told = pl.DataFrame([(ALL, 0, 0, 0, ALL, ALL)], schema=told.schema, orient="row")
    up, down, n = pl.col("up") / pl.col("n"), pl.col("down") / pl.col("n"), pl.col("n")
    reach = 100 * Z_95 * ((up + down - (up - down) ** 2) / n).sqrt()
    value = 100 * (up - down)
    has_any = n > 0
    return shaped(
        told.with_columns(
            metric=pl.lit("fb_2"),
            numerator=pl.col("up") - pl.col("down"),
            denominator="n",
            value=pl.when(has_any).then(value),
            low=pl.when(has_any).then((value - reach).clip(lower_bound=-100)),
            high=pl.when(has_any).then((value + reach).clip(upper_bound=100)),
            unit=pl.lit("points"),
            measurable=pl.lit(value=True),
            note=pl.when(~has_any).then(pl.lit("no answer to divide by")),
        ).drop("up", "down")
    )


def feedback_themes(given: Given) -> pl.DataFrame:
    """``fb_3``: of the answers in which a word of some theme occurs, the share that speaks of each.

    *Denominator*: answers given in the period whose comment has a theme of the fixed list; what else a comment says is
    not kept, so a comment without a theme cannot be told from none. *Numerator*: answers of the theme, in segment
    ``theme``; an answer may speak of several, so shares may sum to more than 1. The row ``all``: answers about coins.
    *Interval*: Wilson.
    """
    rows = given.feedback.filter(pl.col("themes").list.len() > 0).select(
        "themes", "is_loyalty", period=month_of(pl.col("answered_at"))
    )
    answers = both(rows)
    whole = shares(
        "fb_3", answers.with_columns(is_counted="is_loyalty"), (), _WORDS, "no answer with a theme"
    )
    themes = rows["themes"].explode().drop_nulls().unique().sort().to_list()
    cells = [
        shares(
            "fb_3", answers.with_columns(is_counted=pl.col("themes").list.contains(theme)), (), _WORDS
        ).with_columns(segment=pl.lit("theme"), segment_value=pl.lit(theme))
        for theme in themes
    ]
    return pl.concat([whole, *cells])


def _people(given: Given) -> pl.DataFrame:
    return given.people.select("member_no", *_SEGMENTS)


def _answers(given: Given, scale: str) -> pl.DataFrame:
    asked = given.feedback.filter(pl.col("scale") == scale)
    dated = asked.select("member_no", "score", period=month_of(pl.col("answered_at")))
    told = beside(dated, _people(given), "member_no")
    return told if scale == "nps" else both(told)


def _against(given: Given, base: pl.DataFrame) -> pl.DataFrame:
    """Tickets about redeeming as ``top``, rows of ``base`` (``member_no, at``) as ``bottom``, month by month."""
    asked = given.tickets.filter("is_redemption").select("member_no", at="created_at")
    rows = [
        frame.select(
            "member_no",
            period=month_of(pl.col("at")),
            top=pl.lit(top, pl.Int64),
            bottom=pl.lit(1 - top, pl.Int64),
        )
        for frame, top in ((asked, 1), (base, 0))
    ]
    return both(beside(pl.concat(rows), _people(given), "member_no"))
