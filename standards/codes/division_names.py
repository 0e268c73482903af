"""Names of divisions in two languages. GB/T 2260 has Chinese ones only, so the English are romanised by rule.

Syllables are joined, with an apostrophe where a later one begins with a vowel (the Hanyu Pinyin scheme, GB/T 16159); what kind of
division it is, is said in English; a city says nothing. Provinces, and places whose usual spelling is not that of Mandarin, stand in a
table. Names of peoples in those of autonomous divisions are left out.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from standards.codes.division import DivisionStanding, division_steps, parse_division
from standards.text import Text

_PROVINCES: Final = {
    "110000": "Beijing",
    "120000": "Tianjin",
    "130000": "Hebei",
    "140000": "Shanxi",
    "150000": "Inner Mongolia",
    "210000": "Liaoning",
    "220000": "Jilin",
    "230000": "Heilongjiang",
    "310000": "Shanghai",
    "320000": "Jiangsu",
    "330000": "Zhejiang",
    "340000": "Anhui",
    "350000": "Fujian",
    "360000": "Jiangxi",
    "370000": "Shandong",
    "410000": "Henan",
    "420000": "Hubei",
    "430000": "Hunan",
    "440000": "Guangdong",
    "450000": "Guangxi",
    "460000": "Hainan",
    "500000": "Chongqing",
    "510000": "Sichuan",
    "520000": "Guizhou",
    "530000": "Yunnan",
    "540000": "Xizang",
    "610000": "Shaanxi",
    "620000": "Gansu",
    "630000": "Qinghai",
    "640000": "Ningxia",
    "650000": "Xinjiang",
    "710000": "Taiwan",
    "810000": "Hong Kong",
    "820000": "Macao",
}

_USUAL: Final = {
    "呼和浩特": "Hohhot",
    "哈尔滨": "Harbin",
    "齐齐哈尔": "Qiqihar",
    "鄂尔多斯": "Ordos",
    "呼伦贝尔": "Hulunbuir",
    "巴彦淖尔": "Bayannur",
    "乌兰察布": "Ulanqab",
    "拉萨": "Lhasa",
    "日喀则": "Xigazê",
    "林芝": "Nyingchi",
    "昌都": "Qamdo",
    "那曲": "Nagqu",
    "乌鲁木齐": "Ürümqi",
    "克拉玛依": "Karamay",
    "吐鲁番": "Turpan",
    "喀什": "Kashi",
    # Read otherwise than in other words.
    "长子": "Zhangzi",
    "乐陵": "Laoling",
    "六合": "Luhe",
    "浚": "Xun",
    "单": "Shan",
    "洪洞": "Hongtong",
    "大城": "Daicheng",
    "蔚": "Yu",
    "涡阳": "Guoyang",
    "繁峙": "Fanshi",
    "覃塘": "Qintang",
    "穆棱": "Muling",
    "珲春": "Hunchun",
    "什邡": "Shifang",
    "筠连": "Junlian",
    "荥经": "Yingjing",
    "宕昌": "Tanchang",
    "红寺堡": "Hongsibu",
    "曾都": "Zengdu",
}

_IN_PLACES: Final = {"都": "du", "长": "chang", "朝": "chao"}
"""Characters with a reading that names of places nearly always have."""

_KINDS: Final = (
    ("自治州", "Prefecture"),
    ("自治县", "County"),
    ("自治旗", "Banner"),
    ("地区", "Prefecture"),
    ("新区", "New District"),
    ("林区", "Forestry District"),
    ("特区", "Special District"),
    ("矿区", "Mining District"),
    ("市", ""),
    ("区", "District"),
    ("县", "County"),
    ("旗", "Banner"),
    ("盟", "League"),
)

_PEOPLES: Final = re.compile(
    "(?:各族|蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|"
    "畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|普米族|塔吉克族?|怒族|"
    "鄂温克族|裕固族|鄂伦春族?|独龙族|保安族)+$"
)
_PLAIN_VOWELS: Final = ("a", "o", "e")


def division_text(code: str) -> Text:
    """Name with its province: ``浙江省杭州市``, ``Hangzhou, Zhejiang``; the code itself where the name is not known.

    Raises:
        InvalidDivisionError: not 2, 4 or 6 digits.
    """
    division = parse_division(code)
    if division.standing is DivisionStanding.UNKNOWN:
        return Text(division.code, division.code)
    steps = division_steps(division)
    english = [_PROVINCES.get(one.code) or romanised(one.name) for one in steps]
    return Text("".join(one.name for one in steps), ", ".join(dict.fromkeys(reversed(english))))


@cache
def romanised(name: str) -> str:
    """A division's own name by rule: ``拱墅区`` is ``Gongshu District``."""
    stem, kind = name, ""
    for ending, word in _KINDS:
        # A county of one character keeps it: 忠县 is Zhong County.
        if name.endswith(ending) and len(name) > len(ending):
            stem, kind = name.removesuffix(ending), word
            break
    if kind in {"Prefecture", "County", "Banner"} and name.endswith(("自治州", "自治县", "自治旗")):
        stem = _PEOPLES.sub("", stem) or stem
    spelt = _USUAL.get(stem) or _joined(stem)
    return f"{spelt} {kind}".rstrip()


def _joined(stem: str) -> str:
    # Only who reads an English page waits for its tables to load.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(stem, style=Style.NORMAL, v_to_u=True)
    if len(syllables) == len(stem):
        syllables = [_IN_PLACES.get(sign, one) for sign, one in zip(stem, syllables, strict=True)]
    joined = "".join(
        f"'{one}" if place and one.startswith(_PLAIN_VOWELS) else one for place, one in enumerate(syllables)
    )
    return joined[:1].upper() + joined[1:]
