"""The main job: everything, from the inbox to the published snapshot."""

import dagster as dg

MAIN = "run"

main_job = dg.define_asset_job(
    MAIN,
    selection=dg.AssetSelection.all(),
    description="Inbox → lake → checks → marts → reports. What `milaan run` does.",
)
