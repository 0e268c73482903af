"""Invents people, companies, addresses and plates: right in form, nobody's in fact.

Citizen numbers and company codes carry the division 990101, which GB/T 2260 does not assign.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from service.demo.people import DemoPerson
from standards.codes.citizen_number import Sex, build_citizen_number, parse_citizen_number
from standards.codes.division import TEST_DIVISION, division_name
from standards.codes.uscc import complete_uscc

_SURNAMES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方袁柳唐罗薛"
)
_GIVEN: Final = "明华强丽敏静磊军洋勇艳杰娟涛超霞平刚玲辉鹏雪梅婷浩宇轩欣怡晨曦文博雅思远佳慧子涵若琳嘉诚安然"
_WORDS: Final = (
    "明月",
    "清泉",
    "远山",
    "晨光",
    "翠竹",
    "海棠",
    "云帆",
    "长风",
    "锦程",
    "瑞禾",
    "星河",
    "白露",
)
_TRADES: Final = ("餐饮", "食品", "商贸", "物流", "运输", "科技", "服饰", "建材", "文化", "农业")
_ROADS: Final = ("示例路", "样本街", "虚构巷", "演示大道", "模拟路")
_PLATE_PREFIX: Final = {"330100": "浙A", "330200": "浙B", "510100": "川A"}
_PLATE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_VIN_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_CODE_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

_FIRST_INVENTED_SEQUENCE: Final = 500
"""The demo's own citizens have sequences below; nobody is invented twice."""


@dataclass(frozen=True, slots=True)
class FictionalPerson:
    """A person who does not exist."""

    name: str
    number: str
    address: str
    portrait: str | None = None

    @property
    def birth_date(self) -> date:
        """From the number."""
        return parse_citizen_number(self.number).birth_date

    @property
    def sex(self) -> Sex:
        """From the number."""
        return parse_citizen_number(self.number).sex

    @property
    def printed_sex(self) -> str:
        """As licences print it."""
        return "男" if self.sex is Sex.MALE else "女"

    def as_holder(self) -> dict[str, str]:
        """The person as a holder in the body of a new licence."""
        return {"name": self.name, "code_type": "111", "number": self.number}


@dataclass(frozen=True, slots=True)
class FictionalCompany:
    """A company, or a sole trader's business, that does not exist."""

    name: str
    code: str
    address: str
    trade: str
    representative: FictionalPerson

    def as_holder(self) -> dict[str, str]:
        """The company as a holder in the body of a new licence."""
        return {"name": self.name, "code_type": "001", "number": self.code}


class Inventor:
    """Invents from one source of chance, so that a seed gives the same world each time."""

    def __init__(self, chance: random.Random, today: date) -> None:
        self.chance = chance
        self.today = today

    def person(
        self, division: str, *, youngest: int = 18, oldest: int = 75, sex: Sex | None = None
    ) -> FictionalPerson:
        """Somebody of that age, and sex if one is given, who lives in the division."""
        age_days = self.chance.randint(youngest * 366, oldest * 365)
        sequence = self.chance.randint(_FIRST_INVENTED_SEQUENCE // 2, 499) * 2
        # GB 11643 clause 4.3: odd for men, even for women.
        sequence += self.chance.randint(0, 1) if sex is None else sex is Sex.MALE
        number = build_citizen_number(TEST_DIVISION, self.today - timedelta(days=age_days), f"{sequence:03d}")
        name = self.chance.choice(_SURNAMES) + "".join(
            self.chance.sample(_GIVEN, self.chance.choice((1, 2, 2)))
        )
        return FictionalPerson(name, number.text, self.address(division))

    def company(
        self,
        division: str,
        representative: FictionalPerson | None = None,
        trade: str | None = None,
    ) -> FictionalCompany:
        """A company in the division."""
        city = division_name(division).removesuffix("市").split("省")[-1].split("市")[0]
        trade = trade or self.chance.choice(_TRADES)
        word = "".join(self.chance.sample(_WORDS, 1)) + self.chance.choice(_GIVEN)
        return FictionalCompany(
            f"{city}{word}{trade}有限公司（示例）",
            self.company_code(),
            self.address(division),
            trade,
            representative or self.person(division),
        )

    def company_code(self) -> str:
        """A unified social credit code of a company in the division that nobody has (GB 32100, GB 11714)."""
        body = "MA" + "".join(self.chance.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6))
        return complete_uscc(f"91{TEST_DIVISION}{body}{_organisation_check(body)}")

    def address(self, division: str) -> str:
        """An address on a street of which no map knows."""
        road = self.chance.choice(_ROADS)
        number, block = self.chance.randint(1, 300), self.chance.randint(1, 20)
        room = self.chance.randint(1, 18) * 100 + self.chance.randint(1, 4)
        return f"{division_name(division)}{road}{number}号{block}幢{room}室"

    def plate(self, division: str) -> str:
        """A plate with the letters 99, as the fictional ones here have."""
        prefix = _PLATE_PREFIX.get(division[:4] + "00", "浙A")
        return f"{prefix}99{''.join(self.chance.choice(_PLATE_LETTERS) for _ in range(3))}"

    def vin(self) -> str:
        """17 characters without I, O and Q; LEX is no manufacturer's."""
        return "LEX" + "".join(self.chance.choice(_VIN_LETTERS) for _ in range(14))

    def digits(self, count: int) -> str:
        """So many digits."""
        return "".join(self.chance.choice("0123456789") for _ in range(count))

    def day_ago(self, least: int, most: int) -> date:
        """A day between ``least`` and ``most`` days before today."""
        return self.today - timedelta(days=self.chance.randint(least, most))


def person_of_demo(citizen: DemoPerson, division: str) -> FictionalPerson:
    """One of the demo's citizens, living in the division."""
    return FictionalPerson(
        citizen.name, citizen.number, f"{division_name(division)}示例路1号2幢301室", citizen.portrait
    )


def _organisation_check(body: str) -> str:
    """Check character of an organisation code (GB 11714)."""
    total = sum(_CODE_LETTERS.index(char) * weight for char, weight in zip(body, _CODE_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))
