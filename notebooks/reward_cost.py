import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", html_head_file="offline.html", app_title="Reward cost")


@app.cell
def _():
    import os
    from pathlib import Path

    import marimo as mo

    from loyalty import figures
    from loyalty.finance import cost
    from loyalty.reconcile.wording import instant_words
    from loyalty.values.money import group_lakh, rupees
    from resources.csv_files import csv_bytes
    from resources.figure_pages import with_titles
    from resources.home import Home
    from resources.lake import published

    return (
        Home,
        Path,
        cost,
        csv_bytes,
        figures,
        group_lakh,
        instant_words,
        mo,
        os,
        published,
        rupees,
        with_titles,
    )


@app.cell
def _(mo):
    def drawn(figure):
        return mo.ui.plotly(figure, config={"displayModeBar": False, "responsive": True})

    return (drawn,)


@app.cell
def _(mo, os):
    home = mo.cli_args().get("home") or os.environ.get("MILAAN_HOME", ".")
    return (home,)


@app.cell
def _(Home, Path, cost, home, published):
    snapshot = published(Home(Path(home)))
    statement, books = snapshot.read("mart_statement"), snapshot.read("mart_coin_rollforward")
    spent, days, lines = cost.redemption_cost(statement), cost.tie_out(statement), cost.variance(statement)
    return books, days, lines, snapshot, spent


@app.cell
def _(instant_words, mo, rupees, snapshot, spent):
    mo.md(f"""
    # {rupees(int(spent["discount_paise"].sum()))} taken off orders

    Loyalty discounts at face value, as of {instant_words(snapshot.as_of)} IST. Difference is recorded less expected.
    """)
    return


@app.cell
def _(books, cost, mo):
    _months = ["all time", *cost.months(books)]
    _asked = mo.query_params().get("period")
    month = mo.ui.dropdown(_months, value=_asked if _asked in _months else "all time", label="Period")
    month
    return (month,)


@app.cell
def _(books, cost, drawn, figures, mo, month):
    flows = cost.flows(books, None if month.value == "all time" else month.value)
    mo.vstack([mo.md("## From opening to closing balance, in coins"), drawn(figures.coin_waterfall(flows))])
    return (flows,)


@app.cell
def _(drawn, figures, mo, spent):
    mo.vstack([mo.md("## What redemptions cost"), drawn(figures.cost_by_month(spent))])
    return


@app.cell
def _(days, drawn, figures, mo):
    mo.vstack([mo.md("## Does every day tie out"), drawn(figures.tie_out_by_day(days))])
    return


@app.cell
def _(drawn, figures, lines, mo, with_titles):
    mo.vstack(
        [mo.md("## What the differences are made of"), drawn(figures.variance_by_line(with_titles(lines)))]
    )
    return


@app.cell
def _(csv_bytes, days, lines, mo):
    mo.hstack(
        [
            mo.download(
                csv_bytes(lines), filename="variance.csv", mimetype="text/csv", label="Variance as CSV"
            ),
            mo.download(csv_bytes(days), filename="tie-out.csv", mimetype="text/csv", label="Tie-out as CSV"),
        ],
        justify="start",
        wrap=True,
    )
    return


if __name__ == "__main__":
    app.run()
