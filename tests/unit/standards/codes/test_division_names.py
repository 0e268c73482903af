"""Names of divisions on English pages."""

from __future__ import annotations

import re

import pytest

from standards.codes.division import InvalidDivisionError
from standards.codes.division_names import division_text, romanised


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("330000", "浙江省", "Zhejiang"),
        ("33", "浙江省", "Zhejiang"),
        ("330100", "浙江省杭州市", "Hangzhou, Zhejiang"),
        ("330105", "浙江省杭州市拱墅区", "Gongshu District, Hangzhou, Zhejiang"),
        ("610100", "陕西省西安市", "Xi'an, Shaanxi"),
        ("140100", "山西省太原市", "Taiyuan, Shanxi"),
        ("422800", "湖北省恩施土家族苗族自治州", "Enshi Prefecture, Hubei"),
        ("110101", "北京市东城区", "Dongcheng District, Beijing"),
        ("150100", "内蒙古自治区呼和浩特市", "Hohhot, Inner Mongolia"),
        ("500230", "重庆市丰都县", "Fengdu County, Chongqing"),
        ("810000", "香港特别行政区", "Hong Kong"),
        ("990101", "990101", "990101"),
    ],
)
def test_names(code: str, zh: str, en: str) -> None:
    name = division_text(code)
    assert (name.zh, name.en) == (zh, en)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("忠县", "Zhong County"),
        ("长子县", "Zhangzi County"),
        ("长治市", "Changzhi"),
        ("六安市", "Lu'an"),
        ("东阿县", "Dong'e County"),
        ("吕梁市", "Lüliang"),
        ("成都市", "Chengdu"),
        ("海北藏族自治州", "Haibei Prefecture"),
        ("兴安盟", "Xing'an League"),
    ],
)
def test_romanised(name: str, spelt: str) -> None:
    assert romanised(name) == spelt


def test_every_division_of_today_has_an_english_name() -> None:
    for province in range(11, 83):
        for city in range(0, 100, 7):
            name = division_text(f"{province}{city:02d}00").en
            assert re.fullmatch(r"[A-Za-züÜê', ]+|\d{6}", name), name


def test_no_code_is_an_error() -> None:
    with pytest.raises(InvalidDivisionError):
        division_text("330001")
