"""Files of fictional food licences, as a source system would write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from standards.licence_types import load_catalogue
from standards.licence_types.coding import NumberingFacts

FOOD = "11100000MB0143028R901"

HEADER = (
    "内部编号", "食品经营许可证编号", "持证主体", "持证主体代码类型", "持证主体代码", "颁发日期", "法定代表人（负责人）", "住所",
    "经营场所", "主体业态", "经营项目",
)  # fmt: skip


def food_row(number: int, **changes: str) -> dict[str, str]:
    """The row of licence ``number``; ``changes`` by the name of the column."""
    form = "餐饮服务经营者"
    facts = NumberingFacts("330100", "杭州", 2025, number, "", {"business_form": form})
    return {
        "内部编号": f"K{number:07d}",
        "食品经营许可证编号": load_catalogue().by_code(FOOD).coding.next_number(facts),
        "持证主体": f"示例小吃店{number}号",
        "持证主体代码类型": "001",
        "持证主体代码": "92990101MA99X00283",
        "颁发日期": "2025/3/1",
        "法定代表人（负责人）": "张小明",
        "住所": "浙江省杭州市拱墅区示例路8号",
        "经营场所": f"浙江省杭州市拱墅区示例路{number}号",
        "主体业态": form,
        "经营项目": "热食类食品制售；冷食类食品制售。",
        **changes,
    }


MAPPING = {
    "type": FOOD,
    "key": "内部编号",
    "columns": {
        "licence_number": "食品经营许可证编号",
        "holder_name": "持证主体",
        "holder_code_type": "持证主体代码类型",
        "holder_number": "持证主体代码",
        "issue_date": "颁发日期",
        "legal_representative": "法定代表人（负责人）",
        "residence": "住所",
        "premises": "经营场所",
        "business_form": "主体业态",
        "business_items": "经营项目",
    },
}


def csv_text(rows: Iterable[Mapping[str, str]], header: Iterable[str] = HEADER) -> str:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(header), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
