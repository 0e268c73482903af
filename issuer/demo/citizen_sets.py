"""Which licences the demo's citizens have: enough to open a restaurant, transfer a house, enrol a child."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from issuer.catalogue.examples import example_body
from issuer.demo import faces
from issuer.demo.authorities import demo_authorities
from issuer.demo.faces import FACES, Body
from issuer.demo.fictional import Inventor, person_of_demo
from service.demo.people import CITIZENS
from standards.licence_types import Catalogue

IDENTITY, BUSINESS = "11100000000013338W001", "11100000MB0143028R001"
DRIVING, VEHICLE = "11100000000013338W901", "11100000000013338W902"
BIRTH, MARRIAGE = "11100000MB99000131901", "11100000MB9900021U901"
TITLE, FOOD = "11100000MB03271699001", "11100000MB0143028R901"
GRADUATION, SOCIAL = "11100000MB990003XK901", "11100000MB9900048K901"
DISABILITY, PHYSICIAN = "11100000MB9900056E901", "11100000MB99000131902"
TRANSPORT = "11100000000019713D013"

HANGZHOU, NINGBO, CHENGDU = "330100", "330200", "510100"

_ZHANG_AND_FAMILY = (
    (IDENTITY, HANGZHOU), (DRIVING, HANGZHOU), (VEHICLE, HANGZHOU), (MARRIAGE, HANGZHOU), (BIRTH, HANGZHOU),
    (TITLE, HANGZHOU), (BUSINESS, HANGZHOU), (FOOD, HANGZHOU), (SOCIAL, NINGBO), (GRADUATION, NINGBO),
)  # fmt: skip
"""The catalogue's examples are his; marriage certificate and title he holds together with Li Xiaohong."""

_OTHERS = (
    (1, ((IDENTITY, HANGZHOU), (SOCIAL, NINGBO), (GRADUATION, NINGBO), (PHYSICIAN, NINGBO))),
    (2, ((IDENTITY, CHENGDU), (DRIVING, CHENGDU), (VEHICLE, CHENGDU), (TITLE, CHENGDU))),
    (3, ((IDENTITY, HANGZHOU), (DISABILITY, CHENGDU), (SOCIAL, NINGBO))),
    (4, ((IDENTITY, HANGZHOU), (DRIVING, HANGZHOU), (GRADUATION, NINGBO), (SOCIAL, NINGBO))),
)
"""Place among the citizens → type and city."""


@dataclass(frozen=True, slots=True)
class SampleLicence:
    """A licence to be: who issues it, its serial, and its body without the dates."""

    authority: str
    type_code: str
    serial: str
    body: Body


def citizen_licences(catalogue: Catalogue, invent: Inventor) -> Iterator[SampleLicence]:
    """The licences of the demo's citizens, with serials that stay the same."""
    for type_code, city in _ZHANG_AND_FAMILY:
        body = example_body(catalogue.by_code(type_code), invent.today)
        yield SampleLicence(_authority(type_code, city), type_code, f"DEMO1{type_code[-3:]}", body)
    for place, wanted in _OTHERS:
        person = person_of_demo(CITIZENS[place], wanted[0][1])
        for type_code, city in wanted:
            body = FACES[type_code](invent, person, city)
            if type_code == TITLE:
                body = faces.real_estate_title_of(invent, (person,), city)
            serial = f"DEMO{place + 1}{type_code[-3:]}"
            yield SampleLicence(_authority(type_code, city), type_code, serial, body)
    owner = person_of_demo(CITIZENS[2], CHENGDU)
    carrier = invent.company(CHENGDU, owner, "运输")
    yield SampleLicence(
        _authority(BUSINESS, CHENGDU), BUSINESS, "DEMO3001", faces.business_licence_of(carrier, invent)
    )
    yield SampleLicence(
        _authority(TRANSPORT, CHENGDU),
        TRANSPORT,
        "DEMO3013",
        faces.road_transport_licence_of(carrier, invent, CHENGDU),
    )


def _authority(type_code: str, city: str) -> str:
    """The demo's authority for this type in that city."""
    return next(
        authority.uscc
        for authority in demo_authorities()
        if type_code in authority.licence_types and authority.division.startswith(city[:4])
    )
