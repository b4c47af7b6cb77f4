"""Who is one person: the members export bridges phone, e-mail and the source's own customer id.

A person's key is the phone, else the e-mail, else the customer id; all of them are seals (details L4).
"""

import polars as pl

from loyalty.values.components import components

_SEALS = ("phone_seal", "email_seal", "lead_seal")
ACCEPTED = pl.col("fate") == "accepted"


def bridge(raw_members: pl.DataFrame) -> pl.DataFrame:
    """``seal, member_id``: every seal that members records tie to a person; one row per seal.

    Records that share a seal are one person, however long the chain. Where a person has several
    phones the smallest seal is the key, so that the answer depends on nothing else.
    """
    records = raw_members.filter(ACCEPTED).select(_SEALS).unique(maintain_order=True).with_row_index("record")
    held = records.unpivot(on=_SEALS, index="record", variable_name="sort", value_name="seal").drop_nulls(
        "seal"
    )
    ranks = {name: rank for rank, name in enumerate(_SEALS)}
    seals = held.select("seal", rank=pl.col("sort").replace_strict(ranks, return_dtype=pl.Int64))
    nodes = seals.unique().sort("seal").with_row_index("node")
    pairs = held.join(nodes, on="seal", how="inner", validate="m:1").select("record", "node")
    people = nodes.with_columns(person=components(pairs, nodes.height)).sort("person", "rank", "seal")
    return people.select("seal", member_id=pl.col("seal").first().over("person")).sort("seal")


def member_ids(rows: pl.DataFrame, bridged: pl.DataFrame, *seals: str) -> pl.Series:
    """The member of each row by the first of its seals; null for a row without any. Row order is kept."""
    keyed = rows.select(seal=pl.coalesce(*seals))
    joined = keyed.join(bridged, on="seal", how="left", validate="m:1", maintain_order="left")
    return joined.select(pl.coalesce("member_id", "seal")).to_series()
