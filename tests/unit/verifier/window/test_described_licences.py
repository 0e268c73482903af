"""A licence of a type that was made elsewhere stays readable with the evidence, when its issuer is long gone."""

from __future__ import annotations

import orjson

from standards.licence_types.described_type import plain_type
from standards.text import Text
from verifier.window.presentation import ShownLicence
from verifier.window.shown import licences_from_json, licences_to_json
from verifier.window.shown_view import view_licences

VCT = "urn:elicence:type:11330100MB99X10161001:1"
PERMIT = plain_type(VCT, Text("养蜂许可证", "Bee permit"), {"place": Text("地点", "Place")}, None, None)
SHOWN = ShownLicence("11330100MB99X10161001", VCT, {"place": "山"}, Text("某局", "An authority"), "U", PERMIT)


def test_the_description_is_kept_with_what_was_shown() -> None:
    kept = licences_from_json(orjson.loads(orjson.dumps(licences_to_json({"q": (SHOWN,)}))))
    (view,) = view_licences(kept)
    assert (view.name, [(row.label.zh, row.value) for row in view.rows]) == (PERMIT.name, [("地点", "山")])


def test_without_a_description_the_names_of_the_claims_stand() -> None:
    bare = ShownLicence(SHOWN.type_code, VCT, SHOWN.claims, SHOWN.issuer, "U")
    (view,) = view_licences({"q": (bare,)})
    assert (view.name.zh, [row.label.zh for row in view.rows]) == (VCT, ["place"])
