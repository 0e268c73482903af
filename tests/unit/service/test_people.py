from __future__ import annotations

from stdnum.cn import ric

from service.demo.people import CITIZENS, EVERYBODY, person


def test_numbers_have_a_right_check_digit_and_a_division_that_nobody_has() -> None:
    for one in EVERYBODY:
        assert one.number.startswith("990101")
        assert ric.calc_check_digit(one.number) == one.number[-1]


def test_everybody_is_somebody_else() -> None:
    assert len({one.number for one in EVERYBODY}) == len({one.subject for one in EVERYBODY}) == len(EVERYBODY)
    assert len(CITIZENS) == 5


def test_the_identity_provider_says_who_it_is() -> None:
    claims = person("zhang-xiaoming").oidc_claims()
    assert (claims["name"], claims["id_code_type"]) == ("张小明", "111")
