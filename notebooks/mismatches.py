import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", html_head_file="offline.html", app_title="Mismatches")


@app.cell
def _():
    import os
    from pathlib import Path

    import marimo as mo

    import polars as pl

    from loyalty import figures
    from loyalty.figures import money_by_kind
    from loyalty.reconcile import summary
    from loyalty.reconcile.wording import headline, instant_words
    from loyalty.values.errors import UserError
    from pipelines.explaining import explain_order
    from resources.csv_files import csv_bytes
    from resources.home import Home
    from resources.lake import published

    return (
        Home,
        Path,
        UserError,
        csv_bytes,
        explain_order,
        figures,
        headline,
        instant_words,
        mo,
        money_by_kind,
        os,
        pl,
        published,
        summary,
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
def _(Home, Path, home, published):
    snapshot = published(Home(Path(home)))
    reconciliation = snapshot.read("mart_reconciliation")
    mismatches = snapshot.read("mart_mismatches")
    has_causes = "mart_causes" in snapshot.manifest["tables"]
    return has_causes, mismatches, reconciliation, snapshot


@app.cell
def _(headline, instant_words, mismatches, mo, reconciliation, snapshot):
    mo.md(f"""
    # {headline(reconciliation, mismatches).text}

    As of {instant_words(snapshot.as_of)} IST
    """)
    return


@app.cell
def _(mismatches, mo):
    kinds = mo.ui.multiselect(sorted(set(mismatches["kind"])), label="Kind")
    priorities = mo.ui.multiselect(["high", "medium", "low"], label="Priority")
    lives = mo.ui.multiselect(["new", "persisting", "regressed", "resolved"], label="Life")
    mo.hstack([kinds, priorities, lives], justify="start", wrap=True)
    return kinds, lives, priorities


@app.cell
def _(kinds, lives, mismatches, pl, priorities):
    chosen = mismatches.filter(
        *[
            pl.col(_column).is_in(_wanted.value)
            for _column, _wanted in (("kind", kinds), ("priority", priorities), ("lifecycle", lives))
            if _wanted.value
        ]
    )
    return (chosen,)


@app.cell
def _(chosen, drawn, money_by_kind):
    figure = money_by_kind(chosen)
    drawn(figure)
    return (figure,)


@app.cell
def _(drawn, figures, has_causes, mo, snapshot):
    _causes = (
        [mo.md("## Open causes, by money"), drawn(figures.money_by_cause(snapshot.read("mart_causes")))]
        if has_causes
        else []
    )
    mo.vstack(_causes)
    return


@app.cell
def _(chosen, drawn, figures, has_causes, mo, snapshot, summary):
    _began = summary.changes(snapshot.read("mart_causes")) if has_causes else {}
    _timeline = figures.money_over_time(summary.over_time(chosen), _began)
    mo.vstack([mo.md("## When it happened, and when causes began"), drawn(_timeline)])
    return


@app.cell
def _(chosen, drawn, figures, mo, summary):
    mo.vstack([mo.md("## How old it is"), drawn(figures.money_by_age(summary.ageing(chosen)))])
    return


@app.cell
def _(chosen, csv_bytes, mo, pl, summary):
    _worst = summary.worst(chosen, chosen.height).select(
        "order_id",
        "kind",
        (pl.col("effect_paise") / 100).alias("effect_rupees"),
        "age_days",
        "priority",
        "lifecycle",
        "owner",
        "decision",
        "sentence",
        "mismatch_id",
    )
    mo.vstack(
        [
            mo.md("## Rows to look at"),
            mo.ui.table(
                _worst,
                selection=None,
                show_download=False,
                page_size=10,
                show_column_summaries=False,
                show_data_types=False,
            ),
            mo.download(
                csv_bytes(chosen), filename="mismatches.csv", mimetype="text/csv", label="These rows as CSV"
            ),
        ]
    )
    return


@app.cell
def _(mo):
    order = mo.ui.text(placeholder="Order id or name", label="The calculation of one order", full_width=True)
    order
    return (order,)


@app.cell
def _(Home, Path, UserError, explain_order, home, mo, order):
    try:
        _told = explain_order(Home(Path(home)), order.value) if order.value else ""
    except UserError as _error:
        _told = str(_error)
    mo.plain_text(_told) if _told else None
    return


if __name__ == "__main__":
    app.run()
