"""What stands on the sample licences: one function per type, which fills the body of ``POST /api/v1/licences``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from issuer.demo.fictional import FictionalCompany, FictionalPerson, Inventor
from standards.codes.citizen_number import Sex

Body = dict[str, Any]


def _identity_card(_invent: Inventor, person: FictionalPerson, _division: str) -> Body:
    return {
        "holders": [person.as_holder()],
        "fields": {
            "sex": person.printed_sex,
            "ethnicity": "汉",
            "birth_date": person.birth_date.isoformat(),
            "address": person.address,
            **({} if person.portrait is None else {"portrait": person.portrait}),
        },
    }


def _business_licence(invent: Inventor, person: FictionalPerson, division: str) -> Body:
    return business_licence_of(invent.company(division, person), invent)


def business_licence_of(company: FictionalCompany, invent: Inventor) -> Body:
    """The business licence of a company that is there already."""
    return {
        "holders": [company.as_holder()],
        "fields": {
            "enterprise_type": "有限责任公司",
            "legal_representative": company.representative.name,
            "legal_representative_number": company.representative.number,
            "registered_capital": f"{invent.chance.choice((50, 100, 200, 500))}万元人民币",
            "founded_date": invent.day_ago(1500, 7000).isoformat(),
            "premises": company.address,
            "business_scope": f"{company.trade}；相关技术服务。",
        },
    }


def _driving_licence(invent: Inventor, person: FictionalPerson, _division: str) -> Body:
    return {
        "holders": [person.as_holder()],
        "fields": {
            "sex": person.printed_sex,
            "nationality": "中国",
            "address": person.address,
            "birth_date": person.birth_date.isoformat(),
            "first_issue_date": max(
                invent.day_ago(1500, 4000), person.birth_date + timedelta(days=18 * 366)
            ).isoformat(),
            "vehicle_classes": invent.chance.choice(("C1", "C2", "B2", "A2", "C1D")),
            "file_number": invent.digits(12),
        },
    }


def _vehicle_licence(invent: Inventor, person: FictionalPerson, division: str) -> Body:
    return {
        "holders": [person.as_holder()],
        "fields": {
            "plate_number": invent.plate(division),
            "vehicle_type": invent.chance.choice(("小型轿车", "小型普通客车", "轻型厢式货车")),
            "address": person.address,
            "use_character": "非营运",
            "brand_model": f"示例牌 EL{invent.digits(4)}",
            "vin": invent.vin(),
            "engine_number": f"E{invent.digits(8)}",
            "registered_date": invent.day_ago(400, 3000).isoformat(),
            "approved_seats": invent.chance.choice((2, 5, 7)),
        },
    }


def _birth_certificate(invent: Inventor, _person: FictionalPerson, division: str) -> Body:
    mother, father = (
        invent.person(division, youngest=24, oldest=42, sex=sex) for sex in (Sex.FEMALE, Sex.MALE)
    )
    return birth_certificate_of(invent, mother, father, division, "小" + invent.chance.choice("安宁乐朵"))


def birth_certificate_of(
    invent: Inventor, mother: FictionalPerson, father: FictionalPerson, division: str, given_name: str
) -> Body:
    """The certificate of a child of these parents; until it has a citizen number it is held under code type 999."""
    return {
        "holders": [
            {"name": father.name[0] + given_name, "code_type": "999", "number": f"Z99{invent.digits(7)}"}
        ],
        "fields": {
            "sex": invent.chance.choice(("男", "女")),
            "birth_date": invent.day_ago(1300, 2600).isoformat(),
            "birth_time": f"{invent.chance.randint(0, 23):02d}:{invent.chance.randint(0, 59):02d}",
            "birth_weight_grams": invent.chance.randint(2500, 4200),
            "birth_length_centimetres": invent.chance.randint(46, 54),
            "birth_division": division,
            "mother_name": mother.name,
            "mother_number": mother.number,
            "father_name": father.name,
            "father_number": father.number,
        },
    }


def _marriage_certificate(invent: Inventor, person: FictionalPerson, division: str) -> Body:
    other = Sex.FEMALE if person.sex is Sex.MALE else Sex.MALE
    return marriage_certificate_of(person, invent.person(division, youngest=23, oldest=60, sex=other))


def marriage_certificate_of(one: FictionalPerson, other: FictionalPerson) -> Body:
    """The certificate of two people; both hold it."""
    husband, wife = (one, other) if one.sex is Sex.MALE else (other, one)
    return {
        "holders": [husband.as_holder(), wife.as_holder()],
        "fields": {
            "husband_name": husband.name,
            "husband_birth_date": husband.birth_date.isoformat(),
            "husband_number": husband.number,
            "wife_name": wife.name,
            "wife_birth_date": wife.birth_date.isoformat(),
            "wife_number": wife.number,
        },
    }


def _real_estate_title(invent: Inventor, person: FictionalPerson, division: str) -> Body:
    together = invent.chance.random() < 0.5
    return real_estate_title_of(
        invent, (person, invent.person(division)) if together else (person,), division
    )


def real_estate_title_of(invent: Inventor, owners: tuple[FictionalPerson, ...], division: str) -> Body:
    """The title of these owners; each of them holds it."""
    return {
        "holders": [owner.as_holder() for owner in owners],
        "valid_until": "2088-12-31",
        "fields": {
            "right_holders": "、".join(owner.name for owner in owners),
            "co_ownership": "单独所有" if len(owners) == 1 else "共同共有",
            "location": owners[0].address,
            "unit_number": f"{division}001001GB00001F{invent.digits(8)}",
            "right_type": "国有建设用地使用权/房屋所有权",
            "right_nature": "出让/商品房",
            "use_of_property": "城镇住宅用地/住宅",
            "floor_area_square_metres": f"{invent.chance.randint(45, 180)}.{invent.digits(2)}",
            "term_of_use": "国有建设用地使用权至2088年12月31日止",
            "encumbrances": "无",
        },
    }


def _food_licence(invent: Inventor, person: FictionalPerson, division: str) -> Body:
    company = invent.company(division, person, "餐饮")
    return {
        "holders": [company.as_holder()],
        "fields": {
            "legal_representative": person.name,
            "residence": company.address,
            "premises": company.address,
            "business_form": invent.chance.choice(("食品销售经营者", "餐饮服务经营者", "单位食堂")),
            "business_items": "预包装食品销售；热食类食品制售。",
        },
    }


def _graduation_certificate(invent: Inventor, person: FictionalPerson, _division: str) -> Body:
    return {
        "holders": [person.as_holder()],
        "fields": {
            "sex": person.printed_sex,
            "birth_date": person.birth_date.isoformat(),
            "certificate_kind": invent.chance.choice(("毕业证书", "学位证书")),
            "school_name": "宁波东海学院（示例）",
            "school_code": "99001",
            "major": invent.chance.choice(("食品科学与工程", "土木工程", "护理学", "汉语言文学", "会计学")),
            "education_level": invent.chance.choice(("本科", "专科", "硕士研究生")),
        },
    }


def _social_security_card(_invent: Inventor, person: FictionalPerson, _division: str) -> Body:
    return {"holders": [person.as_holder()], "fields": {"card_kind": "电子卡"}}


def _disability_certificate(invent: Inventor, person: FictionalPerson, _division: str) -> Body:
    return {
        "holders": [person.as_holder()],
        "fields": {
            "sex": person.printed_sex,
            "birth_date": person.birth_date.isoformat(),
            "disability_category": invent.chance.choice(("视力残疾", "听力残疾", "肢体残疾")),
            "disability_level": invent.chance.choice(("一级", "二级", "三级", "四级")),
            "address": person.address,
        },
    }


def _physicians_licence(invent: Inventor, person: FictionalPerson, division: str) -> Body:
    return {
        "holders": [person.as_holder()],
        "fields": {
            "sex": person.printed_sex,
            "birth_date": person.birth_date.isoformat(),
            "practice_category": invent.chance.choice(("临床", "口腔", "公共卫生", "中医")),
            "practice_scope": invent.chance.choice(("内科专业", "外科专业", "儿科专业", "全科医学专业")),
            "practice_place": "宁波市示例医院",
            "practice_division": division,
        },
    }


def _road_transport_licence(invent: Inventor, person: FictionalPerson, division: str) -> Body:
    return road_transport_licence_of(invent.company(division, person, "运输"), invent, division)


def road_transport_licence_of(company: FictionalCompany, invent: Inventor, division: str) -> Body:
    """The certificate of one vehicle of a company."""
    return {
        "holders": [company.as_holder()],
        "fields": {
            "address": company.address,
            "plate_number": invent.plate(division),
            "business_permit_number": division + invent.digits(6),
            "vehicle_type": "重型厢式货车",
            "tonnage_or_seats": f"{invent.chance.randint(5, 30)}吨",
            "business_scope": "普通货运。",
        },
    }


FACES: Final[Mapping[str, Callable[[Inventor, FictionalPerson, str], Body]]] = {
    "11100000000013338W001": _identity_card,
    "11100000MB0143028R001": _business_licence,
    "11100000000013338W901": _driving_licence,
    "11100000000013338W902": _vehicle_licence,
    "11100000MB99000131901": _birth_certificate,
    "11100000MB9900021U901": _marriage_certificate,
    "11100000MB03271699001": _real_estate_title,
    "11100000MB0143028R901": _food_licence,
    "11100000MB990003XK901": _graduation_certificate,
    "11100000MB9900048K901": _social_security_card,
    "11100000MB9900056E901": _disability_certificate,
    "11100000MB99000131902": _physicians_licence,
    "11100000000019713D013": _road_transport_licence,
}
"""By type code; a test keeps it complete."""
