import hashlib

import polars as pl
import pytest

from loyalty.intake.seal import Sealer, discreet, sealed_people, sealed_texts, token_seals
from loyalty.values.errors import UserError
from tests.loyalty.intake.exports import KEY

SEALER = Sealer.of(KEY)
UUID = "3f2b8c1e-9d44-4a6b-8f00-919876543210"


def texts(*pairs: tuple[str | None, str | None], names: tuple[str, ...] = ()) -> pl.DataFrame:
    titles, descriptions = (pl.Series([pair[place] for pair in pairs], dtype=pl.String) for place in (0, 1))
    return sealed_texts(titles, descriptions, names, SEALER)


def token(text: str) -> str | None:
    seal: str | None = token_seals(pl.Series([text]), SEALER)[0]
    return seal


def test_a_seal_depends_on_text_domain_and_key_alone() -> None:
    series = pl.Series("phone", ["9876543210", None, "9876543210", "8123456789"])
    seals = SEALER.seals(series, "phone")
    assert seals[0] == seals[2] != seals[3]
    assert seals[1] is None
    assert [len(seal) for seal in seals.drop_nulls()] == [32, 32, 32]
    assert seals[0] == Sealer.of(KEY).seals(series, "phone")[0]
    assert seals[0] != SEALER.seals(series, "token")[0]
    assert seals[0] != Sealer.of(KEY + "!").seals(series, "phone")[0]


def test_a_seal_is_no_plain_digest() -> None:
    seal = SEALER.seals(pl.Series(["9876543210"]), "phone")[0]
    plain = {
        hashlib.new(name, b"9876543210").hexdigest()[:32] for name in ("blake2b", "md5", "sha1", "sha256")
    }
    assert seal not in plain


def test_the_key_is_long_and_never_shown() -> None:
    with pytest.raises(UserError, match="MILAAN_KEY must be a text of at least 32 characters"):
        Sealer.of("k" * 31)
    assert KEY not in repr(SEALER)
    assert repr(SEALER) == "Sealer()"


def test_people_leave_only_seals() -> None:
    frame = pl.DataFrame(
        {
            "phone": ["+91 98765 43210", "12345"],
            "email": ["A@B.in", None],
            "lead_id": ["L1", "L1"],
            "n": [1, 2],
        }
    )
    sealed = sealed_people(frame, SEALER)
    assert set(sealed.columns) == {"n", "phone_seal", "email_seal", "lead_seal"}
    assert sealed["phone_seal"].to_list() == [SEALER.seals(pl.Series(["9876543210"]), "phone")[0], None]
    assert sealed["email_seal"].to_list() == [SEALER.seals(pl.Series(["a@b.in"]), "email")[0], None]
    assert sealed["lead_seal"].n_unique() == 1


@pytest.mark.parametrize(
    "text",
    ["5101234567890", "SH100141", UUID, "wt0192e6e55bfd88cd", "GK-77", "shopify-6801234567890", "60123"],
)
def test_an_id_stays_an_id(text: str) -> None:
    assert discreet(pl.Series("id", [text, None]), SEALER).to_list() == [text, None]


@pytest.mark.parametrize(
    "text",
    [
        "9876543210",
        "+91 98765 43210",
        "asha@example.in",
        "order-9876543210",
        "cust:919876543210",
        "for Asha",
        "098765 43210",
    ],
)
def test_an_id_that_may_be_a_person_is_sealed(text: str) -> None:
    [sealed] = discreet(pl.Series("id", [text]), SEALER).to_list()
    assert len(sealed) == 32
    assert discreet(pl.Series("id", [f"#{text.upper()}"]), SEALER)[0] == sealed


def test_texts_become_tokens_a_seal_and_a_bonus_name() -> None:
    told = texts(
        ("Redeemed on order #SH100141", None),
        (None, None),
        ("Redeemed on order #SH100141", None),
        ("a", "b"),
        ("a b", None),
    )
    assert told["has_text"].to_list() == [True, False, True, True, True]
    assert told["text_seal"][0] == told["text_seal"][2]
    assert told["text_seal"].n_unique() == 4
    assert token("sh100141") in told["text_tokens"][0]
    assert told["text_tokens"][0].to_list() == sorted(told["text_tokens"][0])
    assert told["text_tokens"][1].to_list() == []
    assert told["text_seal"].null_count() == 0


def test_title_and_description_are_not_run_together() -> None:
    told = texts(("ab", "c"), ("a", "bc"), ("ab c", None))
    assert told["text_seal"].n_unique() == 3
    assert token("abc") not in told["text_tokens"].explode()


def test_a_bare_number_under_five_digits_is_no_token() -> None:
    told = texts(("100 coins for order 1001, then 10011 and A-7 and sh_9", None))
    held = set(told["text_tokens"][0])
    assert {token("10011"), token("a-7"), token("sh_9")} <= held
    assert token("100") is None
    assert token("1001") is None
    assert len(held) == len({"coins", "for", "order", "then", "10011", "and", "a-7", "sh_9"})


def test_a_key_that_no_whole_token_can_be_has_no_seal() -> None:
    assert token("sh 100141") is None
    assert token("sh/100141") is None


@pytest.mark.parametrize(
    ("title", "description", "name"),
    [
        ("Sign-up bonus", None, "signup"),
        ("Welcome", "for signup", "signup"),
        ("Review reward", "signup", "review"),
        ("REVIEW with Photo!", None, "review_with_photo"),
        ("Goodwill", "late", None),
        (None, None, None),
    ],
)
def test_a_bonus_is_named_in_the_title_else_in_the_description(
    title: str | None, description: str | None, name: str | None
) -> None:
    names = ("review_with_photo", "review", "signup", "2026")
    assert texts((title, description), names=names)["bonus_name"].to_list() == [name]
