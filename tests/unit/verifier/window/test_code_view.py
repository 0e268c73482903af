"""What a clerk reads of a compact licence."""

from __future__ import annotations

import pytest

from standards.licence_types import load_catalogue
from standards.text import Text
from standards.verification_report import VerificationReport
from verifier.checking.checked import CheckedLicence
from verifier.checking.checked_code import CheckedCode
from verifier.window.code_view import view_compact

DRIVING = load_catalogue().by_code("11100000000013338W901")


def _checked(number: str) -> CheckedCode:
    licence = CheckedLicence(
        vct=DRIVING.vct,
        type_code=DRIVING.code,
        claims={"holder_name": "张小明", "holder_number": number, "vehicle_classes": "C1"},
        issuer=Text("某局", "Some bureau"),
        issuer_uscc="11330100MB00000014",
        issuer_division="330100",
        valid_until=None,
        holder_key_thumbprint=None,
    )
    return CheckedCode("code", VerificationReport.of(()), licence=licence)


@pytest.mark.parametrize(
    ("number", "label", "masked"), [("0016", "证件号码末四位", False), ("990101199001010016", "证号", True)]
)
def test_the_last_four_are_named_so_and_shown(number: str, label: str, masked: bool) -> None:
    """A compact licence has the last four of a person's number: masking them again would tell the clerk nothing."""
    [view] = view_compact(_checked(number))
    [row] = [row for row in view.rows if row.value == number]
    assert (row.label.zh, row.masked is not None) == (label, masked)
    assert "C1" in {row.value for row in view.rows}
