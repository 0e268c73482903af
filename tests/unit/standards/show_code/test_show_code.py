"""Show-licence codes and sheets: what holds, and one attack a function."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.cwt.cbor import encode_cbor
from standards.cwt.cose import build_sign1, signing_input
from standards.show_code import (
    CodeSignatureError,
    CodeTimeError,
    Delegation,
    DelegationSignatureError,
    DelegationTimeError,
    PermissionSignatureError,
    PermissionTimeError,
    ShortActing,
    ShowCodeError,
    build_delegation,
    join_show_code,
    parse_sheet,
    parse_show_code,
    verify_sheet,
    verify_show_code,
)
from standards.show_code.code import build_code
from standards.show_code.envelope import open_text, seal_text
from tests.support.show_code_world import (
    AT,
    HOLDER,
    PHONE,
    RANDOM,
    STRANGER,
    WALLET,
    code_text,
    compact_claims,
    delegation,
    licence,
    sheet_text,
)

SECOND = timedelta(seconds=1)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_a_code_serves_for_its_minute_and_not_a_second_longer() -> None:
    shown = parse_show_code(code_text())

    for late in (timedelta(), 59 * SECOND):
        assert verify_show_code(shown, holder_key=HOLDER.jwk, at=AT + late).delegation.wallet_url == WALLET
    for outside in (AT + 60 * SECOND, AT - SECOND):
        with pytest.raises(CodeTimeError):
            verify_show_code(shown, holder_key=HOLDER.jwk, at=outside)
    assert verify_show_code(shown, holder_key=HOLDER.jwk, at=AT + 64 * SECOND, clock_skew=5 * SECOND)


def test_a_text_with_blanks_and_a_line_end_around_it_is_the_same_code() -> None:
    """Scanners type a line end behind what they read, and forms put blanks there."""
    assert parse_show_code(f"  {code_text()}\r\n").code_id == parse_show_code(code_text()).code_id


def test_no_code_ends_in_a_blank() -> None:
    assert not any(code_text(AT + n * SECOND).endswith(" ") for n in range(60))


def test_a_code_by_another_phone_is_refused() -> None:
    """The delegation names one phone; a second phone with the same delegation signs → CodeSignatureError."""
    with pytest.raises(CodeSignatureError):
        verify_show_code(parse_show_code(code_text(signer=STRANGER)), holder_key=HOLDER.jwk, at=AT)


def test_a_delegation_by_another_key_is_refused() -> None:
    """licence(holder) + delegation signed by a stranger to the stranger's phone → DelegationSignatureError."""
    whole = licence()
    own = build_delegation(
        Delegation(AT, AT + timedelta(hours=1), STRANGER.jwk, WALLET), whole, STRANGER.sign
    )
    text = join_show_code(whole, own, build_code(own, made_at=AT, sign=STRANGER.sign))
    with pytest.raises(DelegationSignatureError):
        verify_show_code(parse_show_code(text), holder_key=HOLDER.jwk, at=AT)


def test_a_delegation_put_behind_another_licence_of_the_same_key_is_refused() -> None:
    """Two copies, wrongly with one key; the delegation for the first, shown with the second → refused."""
    first = licence()
    claims = compact_claims()
    second = licence(type(claims)(**{**_fields(claims), "holder_name": "王大为"}))
    delegated = delegation(first)
    text = join_show_code(second, delegated, build_code(delegated, made_at=AT, sign=PHONE.sign))
    with pytest.raises(DelegationSignatureError):
        verify_show_code(parse_show_code(text), holder_key=HOLDER.jwk, at=AT)


def test_a_code_put_behind_another_delegation_of_the_same_phone_is_refused() -> None:
    """[licence, delegation A, code made for delegation B] → CodeSignatureError."""
    whole = licence()
    other = build_delegation(Delegation(AT, AT + timedelta(hours=2), PHONE.jwk, WALLET), whole, HOLDER.sign)
    text = join_show_code(whole, delegation(whole), build_code(other, made_at=AT, sign=PHONE.sign))
    with pytest.raises(CodeSignatureError):
        verify_show_code(parse_show_code(text), holder_key=HOLDER.jwk, at=AT)


def test_the_mirrored_signature_is_the_same_code_by_name() -> None:
    """(r, n − s) verifies as (r, s) does: a used code, shown again with it, still has the name of the used one."""
    whole, delegated, code = open_text("ELC1:", code_text(), parts=3)
    s = int.from_bytes(code[-32:], "big")
    mirrored = code[:-32] + (ORDER - s).to_bytes(32, "big")
    shown = parse_show_code(join_show_code(whole, delegated, mirrored))

    assert verify_show_code(shown, holder_key=HOLDER.jwk, at=AT)
    assert mirrored != code
    assert shown.code_id == parse_show_code(code_text()).code_id


def test_a_mirrored_delegation_carries_no_code() -> None:
    """The delegation's signature mirrored: its digest differs, and the code is over the digest → refused."""
    whole, delegated, code = open_text("ELC1:", code_text(), parts=3)
    s = int.from_bytes(delegated[-32:], "big")
    mirrored = delegated[:-32] + (ORDER - s).to_bytes(32, "big")
    with pytest.raises(CodeSignatureError):
        verify_show_code(parse_show_code(join_show_code(whole, mirrored, code)), holder_key=HOLDER.jwk, at=AT)


def test_the_same_code_written_in_another_way_is_refused() -> None:
    """The instant as a CBOR integer of eight bytes, signed by the phone itself → no form, so no second name."""
    whole, delegated = licence(), delegation()
    payload = b"\x82\x1b" + int(AT.timestamp()).to_bytes(8, "big") + b"\x48" + RANDOM
    code = build_sign1({}, payload, PHONE.sign, external=b"")
    with pytest.raises(ShowCodeError):
        parse_show_code(join_show_code(whole, delegated, code))


def test_a_header_that_nothing_covers_is_refused() -> None:
    """Unprotected header {4: …} added to the code → refused, because it could carry a second name."""
    whole, delegated = licence(), delegation()
    header, payload = b"\xa1\x01\x26", encode_cbor([int(AT.timestamp()), RANDOM])
    signature = PHONE.sign(signing_input(header, payload, b""))
    with pytest.raises(ShowCodeError):
        parse_show_code(
            join_show_code(whole, delegated, encode_cbor([header, {4: b"x"}, payload, signature]))
        )


def test_a_code_made_after_its_delegation_is_refused() -> None:
    """A phone that was lost two days ago goes on making codes → DelegationTimeError."""
    with pytest.raises(DelegationTimeError):
        verify_show_code(
            parse_show_code(code_text(AT + timedelta(days=2))),
            holder_key=HOLDER.jwk,
            at=AT + timedelta(days=2),
        )


def test_nobody_delegates_for_longer_than_a_day() -> None:
    with pytest.raises(ShowCodeError):
        Delegation(AT, AT + timedelta(hours=24, seconds=1), PHONE.jwk, WALLET)


def test_a_lifetime_beyond_a_day_is_no_delegation() -> None:
    """Payload with a lifetime of 86,401 s, signed by the holder's own key → no form."""
    whole, _, code = open_text("ELC1:", code_text(), parts=3)
    from standards.cwt.cose import compress_key

    payload = encode_cbor([int(AT.timestamp()), 86_401, compress_key(PHONE.jwk), "w.example.cn", None])
    long_lived = build_sign1({}, payload, HOLDER.sign)
    with pytest.raises(ShowCodeError):
        parse_show_code(join_show_code(whole, long_lived, code))


def test_a_permission_is_no_delegation_and_a_delegation_no_permission() -> None:
    """Both are signed by the key of the copy; each in the place of the other → refused."""
    whole, permission = open_text("ELP1:", sheet_text(), parts=2)
    _, delegated, code = open_text("ELC1:", code_text(), parts=3)
    with pytest.raises(ShowCodeError):
        parse_show_code(join_show_code(whole, permission, code))
    with pytest.raises(ShowCodeError):
        parse_sheet(seal_text("ELP1:", [whole, delegated]))


def test_a_capacity_and_its_grant_must_fit() -> None:
    for capacity in ("agent", "manager", "relative"):
        with pytest.raises(ShowCodeError):
            ShortActing(capacity, "李小红", "0026", None)  # type: ignore[arg-type]


def test_a_sheet_holds_for_its_days_and_its_items() -> None:
    sheet = parse_sheet(sheet_text())
    permission = verify_sheet(sheet, holder_key=HOLDER.jwk, at=AT + timedelta(days=29)).permission

    assert permission.covers("330100-A-001")
    assert not permission.covers("330100-A-002")
    assert not permission.covers(None)
    assert permission.redeem_url == f"{WALLET}/show-codes/redeem"
    for outside in (AT - SECOND, AT + timedelta(days=30)):
        with pytest.raises(PermissionTimeError):
            verify_sheet(sheet, holder_key=HOLDER.jwk, at=outside)


def test_a_sheet_that_somebody_else_signed_is_refused() -> None:
    with pytest.raises(PermissionSignatureError):
        verify_sheet(parse_sheet(sheet_text(signer=STRANGER)), holder_key=HOLDER.jwk, at=AT)


@given(st.integers(5, 900), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
def test_one_character_changed_is_never_the_same_code(place: int, char: str) -> None:
    """Any one character changed → no form, or a signature that does not hold; never a code that passes."""
    text = code_text()
    place %= len(text)
    if text[place] == char:
        return
    altered = text[:place] + char + text[place + 1 :]
    with pytest.raises(ShowCodeError):
        verify_show_code(parse_show_code(altered), holder_key=HOLDER.jwk, at=AT)


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=300))
def test_anything_behind_the_prefix_is_read_or_refused(tail: str) -> None:
    for parse in (parse_show_code, parse_sheet):
        for prefix in ("ELC1:", "ELP1:"):
            with pytest.raises(ShowCodeError):
                parse(prefix + tail)


def _fields(claims: object) -> dict[str, object]:
    return {name: getattr(claims, name) for name in claims.__dataclass_fields__}  # type: ignore[attr-defined]
