from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loyalty.intake.identity import bridge, member_ids

SEALS = ("phone_seal", "email_seal", "lead_seal")


def people(*records: tuple[str | None, str | None, str | None], fate: str = "accepted") -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {"fate": fate, **dict(zip(SEALS, record, strict=True))} for record in records
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("fate", *SEALS), pl.String))


def bridged(*records: tuple[str | None, str | None, str | None]) -> dict[str, str]:
    return dict(bridge(people(*records)).iter_rows())


def test_phone_e_mail_and_lead_of_one_record_are_one_person_whose_key_is_the_phone() -> None:
    assert bridged(("p9", "e1", "l1")) == {"p9": "p9", "e1": "p9", "l1": "p9"}


def test_without_a_phone_the_key_is_the_e_mail_and_without_that_the_lead() -> None:
    assert bridged((None, "e9", "l1"), (None, None, "l2")) == {"e9": "e9", "l1": "e9", "l2": "l2"}


def test_a_later_record_with_a_phone_gives_the_whole_person_that_key() -> None:
    assert bridged((None, "e1", "l1"), ("p5", None, "l1")) == {"e1": "p5", "l1": "p5", "p5": "p5"}


def test_of_several_phones_the_smallest_seal_is_the_key_whatever_the_order() -> None:
    records = (("p7", None, "l1"), ("p3", None, "l1"), ("p5", "e1", None), (None, "e1", "l1"))
    expected = dict.fromkeys(("p3", "p5", "p7", "e1", "l1"), "p3")
    assert bridged(*records) == expected
    assert bridged(*records[::-1]) == expected


def test_records_that_do_not_count_tie_nobody() -> None:
    assert bridge(people(("p1", "e1", "l1"), fate="superseded")).is_empty()


def test_a_row_takes_its_first_seal_through_the_bridge() -> None:
    rows = pl.DataFrame({"phone_seal": ["p1", None, "p8", None], "email_seal": ["e9", "e1", "e1", None]})
    ids = member_ids(rows, bridge(people(("p1", "e1", None))), "phone_seal", "email_seal")
    assert ids.to_list() == ["p1", "p1", "p8", None]


def naive(records: list[tuple[str | None, str | None, str | None]]) -> dict[str, str]:
    """Groups merged one record at a time."""
    groups: list[set[str]] = []
    for record in records:
        seals = {seal for seal in record if seal}
        touched = [group for group in groups if group & seals]
        groups = [group for group in groups if not group & seals] + [seals.union(*touched)]
    return {
        seal: min(group, key=lambda held: ("pel".index(held[0]), held)) for group in groups for seal in group
    }


def seal(letter: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.integers(0, 7).map(lambda number: f"{letter}{number}")


@given(st.lists(st.tuples(seal("p"), seal("e"), seal("l")), max_size=25))
def test_people_are_the_connected_components_of_the_records(
    records: list[tuple[str | None, str | None, str | None]],
) -> None:
    assert bridged(*records) == naive(records)


def test_a_long_chain_is_one_person() -> None:
    links = 2_000
    records = [
        (None, f"e{number:05d}", f"l{number + step:05d}") for number in range(links) for step in (0, 1)
    ]
    assert set(bridged(*records, ("p1", None, f"l{links:05d}")).values()) == {"p1"}
