"""Links and form fields from outside: led to where they belong, or refused with the wallet's own errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import ElicenceError
from wallet.presenting.consent_form import choice_field, parse_selection, pick_field
from wallet.scanning.errors import UnknownLinkError
from wallet.scanning.link import LinkKind, kind_of_link, link_in_picture


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fx", LinkKind.OFFER),
        (" http://localhost:8002/offers?credential_offer=%7B%7D ", LinkKind.OFFER),
        ("openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fx", LinkKind.REQUEST),
        (
            "https://wallet.example/present?request_uri=x&client_id=y&request_uri_method=post",
            LinkKind.REQUEST,
        ),
    ],
)
def test_a_link_is_known_by_its_parameters(link: str, kind: LinkKind) -> None:
    assert kind_of_link(link) is kind


@pytest.mark.parametrize(
    "link", ["", "hello", "https://example.com/", "openid4vp://?client_id=x", "a?" + "&" * 60, "x" * 20000]
)
def test_anything_else_is_unknown(link: str) -> None:
    with pytest.raises(UnknownLinkError):
        kind_of_link(link)


@given(st.text() | st.text().map(lambda text: f"openid4vp://?client_id=x&request_uri={text}"))
def test_any_text_has_a_kind_or_is_unknown(text: str) -> None:
    try:
        kind_of_link(text)
    except UnknownLinkError:
        return


@given(st.binary(max_size=300))
def test_any_bytes_are_no_picture_or_hold_no_link(content: bytes) -> None:
    with pytest.raises(ElicenceError):
        link_in_picture(content)


def test_the_form_of_the_consent_page_reads_back() -> None:
    form = {
        "csrf_token": "x",
        choice_field(0): "0",
        pick_field(0, 0, "card"): "holding-1",
        choice_field(1): "none",
        pick_field(1, 0, "food"): "holding-2",
        choice_field(2): "1",
        pick_field(2, 0, "a"): "holding-3",
        pick_field(2, 1, "b_c"): "holding-4",
    }
    assert parse_selection(form) == {"card": "holding-1", "b_c": "holding-4"}


@given(st.dictionaries(st.text(), st.text()))
def test_any_form_is_a_selection(form: dict[str, str]) -> None:
    assert isinstance(parse_selection(form), dict)
