import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Mismatches")


@app.cell
def _():
    import os
    from pathlib import Path

    import marimo as mo

    from loyalty.figures import money_by_kind
    from loyalty.reconcile.wording import headline, instant_words
    from resources.home import Home
    from resources.lake import published

    return Home, Path, headline, instant_words, mo, money_by_kind, os, published


@app.cell
def _(mo, os):
    home = mo.cli_args().get("home") or os.environ.get("MILAAN_HOME", ".")
    return (home,)


@app.cell
def _(Home, Path, home, published):
    snapshot = published(Home(Path(home)))
    reconciliation = snapshot.read("mart_reconciliation")
    mismatches = snapshot.read("mart_mismatches")
    return mismatches, reconciliation, snapshot


@app.cell
def _(headline, instant_words, mismatches, mo, reconciliation, snapshot):
    mo.md(f"""
    # {headline(reconciliation, mismatches).text}

    As of {instant_words(snapshot.as_of)} IST
    """)
    return


@app.cell
def _(mismatches, money_by_kind):
    figure = money_by_kind(mismatches)
    figure
    return (figure,)


if __name__ == "__main__":
    app.run()
