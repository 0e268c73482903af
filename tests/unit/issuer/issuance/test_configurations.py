"""The licence types as credential configurations."""

from __future__ import annotations

from issuer.issuance.configurations import OfferedTypes, configuration_id
from standards.licence_types import load_catalogue
from standards.sd_jwt_vc import has_integrity, parse_type_metadata

TYPES = OfferedTypes(load_catalogue())


def test_every_type_of_the_catalogue_can_be_offered() -> None:
    for licence_type in load_catalogue().all():
        offered = TYPES.by_code(licence_type.code)
        assert offered is not None
        assert TYPES.by_vct(licence_type.vct) is offered
        assert TYPES.by_configuration(configuration_id(licence_type)) is offered
        assert offered.configuration.scope == offered.configuration.id
        described = parse_type_metadata(offered.metadata, vct=licence_type.vct, integrity=offered.integrity)
        assert [claim.path for claim in described.claims] == [
            claim.path for claim in offered.configuration.claims
        ]
        assert has_integrity(offered.metadata, offered.integrity)


def test_only_the_types_asked_for_are_configured() -> None:
    code = load_catalogue().all()[0].code
    configured = TYPES.configurations([code, "unknown"])
    assert {one.vct.split(":")[3] for one in configured.values()} == {code}
    assert sorted(configured) == [f"{code}-1", f"{code}-2"]
    assert TYPES.configurations([]) == {}


def test_what_is_not_in_the_catalogue_is_not_offered() -> None:
    assert (TYPES.by_code("x"), TYPES.by_vct("x"), TYPES.by_configuration("x")) == (None, None, None)
