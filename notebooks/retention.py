import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", html_head_file="offline.html", app_title="Retention")


@app.cell
def _():
    import os
    from pathlib import Path

    import marimo as mo

    from loyalty import figures
    from loyalty.metrics.headlines import headlines
    from loyalty.reconcile.wording import instant_words
    from resources.figure_pages import quadrants
    from resources.home import Home
    from resources.lake import published

    return Home, Path, figures, headlines, instant_words, mo, os, published, quadrants


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
    metrics = snapshot.read("mart_metrics")
    return metrics, snapshot


@app.cell
def _(instant_words, mo, snapshot):
    mo.md(f"""
    # Does the programme work?

    As of {instant_words(snapshot.as_of)} IST. Each value has its 95 % interval; a hollow point is a month that is not over.
    """)
    return


@app.cell
def _(metrics, mo):
    _query = mo.query_params()
    _periods = ["all", *sorted(set(metrics["period"]) - {"all"}, reverse=True)]
    _segments = sorted(
        {f"{segment} = {value}" for segment, value in metrics.select("segment", "segment_value").rows()}
    )
    _asked = _query.get("period")
    period = mo.ui.dropdown(_periods, value=_asked if _asked in _periods else "all", label="Period")
    segment = mo.ui.dropdown(
        _segments, value="all = all" if "all = all" in _segments else None, label="Segment"
    )
    mo.hstack([period, segment], justify="start", wrap=True)
    return period, segment


@app.cell
def _(headlines, metrics, period, segment):
    eight = headlines(metrics, period.value, *(segment.value or "all = all").split(" = ", 1))
    return (eight,)


@app.cell
def _(drawn, eight, figures, mo):
    _stats = [
        mo.vstack(
            [
                mo.stat(
                    each.value if each.value != "–" else "Not measured",
                    label=f"{each.title}, {each.basis}",
                    caption=" · ".join(text for text in (each.interval, each.note) if text),
                ),
                drawn(figures.measure_trend(each.trend, each.unit)) if each.value != "–" else mo.md(""),
            ]
        ).style(width="240px", min_width="220px")
        for each in eight
    ]
    mo.hstack(_stats, wrap=True, justify="start", align="start")
    return


@app.cell
def _(drawn, figures, metrics, mo, quadrants):
    mo.vstack([mo.md("## Who earns, who redeems"), drawn(figures.earn_redeem(quadrants(metrics)))])
    return


@app.cell
def _(drawn, figures, mo, snapshot):
    mo.vstack(
        [
            mo.md("## Who comes back"),
            drawn(figures.cohort_map(snapshot.read("mart_cohorts"))),
        ]
    ) if "mart_cohorts" in snapshot.manifest["tables"] else None
    return


if __name__ == "__main__":
    app.run()
