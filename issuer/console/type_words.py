"""The closed lists of a licence type in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from standards.licence_types import FieldKind, HolderCategory, Sensitivity, ShareClass
from standards.licence_types.coding import PartKind
from standards.licence_types.licence_type import AuthorityLevel, CodeOrigin
from standards.licence_types.validity import ValidityKind
from standards.text import Text

KINDS: Final[Mapping[FieldKind, Text]] = {
    FieldKind.TEXT: Text("文字", "Text"),
    FieldKind.LONG_TEXT: Text("多行文字", "Text of several lines"),
    FieldKind.DATE: Text("日期", "Date"),
    FieldKind.TIME: Text("时间", "Time"),
    FieldKind.INTEGER: Text("整数", "Whole number"),
    FieldKind.DECIMAL: Text("小数", "Decimal number"),
    FieldKind.CHOICE: Text("选项", "Choice"),
    FieldKind.CITIZEN_NUMBER: Text("公民身份号码", "Citizen number"),
    FieldKind.USCC: Text("统一社会信用代码", "Unified social credit code"),
    FieldKind.DIVISION: Text("行政区划代码", "Division code"),
    FieldKind.IMAGE: Text("图片", "Picture"),
}

GRADES: Final[Mapping[Sensitivity, Text]] = {
    Sensitivity.PUBLIC: Text("1 公开", "1 public"),
    Sensitivity.INTERNAL: Text("2 内部", "2 internal"),
    Sensitivity.PERSONAL: Text("3 个人信息", "3 personal"),
    Sensitivity.SENSITIVE: Text("4 敏感个人信息", "4 sensitive personal"),
}

SHARE_CLASSES: Final[Mapping[ShareClass, Text]] = {
    ShareClass.UNCONDITIONAL: Text("无条件共享", "Shared unconditionally"),
    ShareClass.CONDITIONAL: Text("有条件共享", "Shared on conditions"),
    ShareClass.NOT_SHARED: Text("不予共享", "Not shared"),
}

CATEGORIES: Final[Mapping[HolderCategory, Text]] = {
    HolderCategory.NATURAL_PERSON: Text("自然人", "Natural persons"),
    HolderCategory.LEGAL_ENTITY: Text("法人或其他组织", "Legal entities"),
    HolderCategory.MIXED: Text("自然人和法人", "Both"),
    HolderCategory.OTHER: Text("其他", "Others"),
}

VALIDITIES: Final[Mapping[ValidityKind, Text]] = {
    ValidityKind.YEARS: Text("固定年数", "A number of years"),
    ValidityKind.STATED: Text("逐份写明截止日期", "Each licence states its end"),
    ValidityKind.OPTIONAL: Text("可写明截止日期", "A licence may state its end"),
    ValidityKind.LONG_TERM: Text("长期有效", "Long-term"),
    ValidityKind.NONE: Text("无有效期", "No period of validity"),
    ValidityKind.BY_AGE: Text("按持证人年龄", "By the holder's age"),
}

LEVELS: Final[Mapping[AuthorityLevel, Text]] = {
    AuthorityLevel.NATION: Text("国家级", "Nation"),
    AuthorityLevel.PROVINCE: Text("省级", "Province"),
    AuthorityLevel.CITY: Text("市级", "City"),
    AuthorityLevel.COUNTY: Text("县级", "County"),
    AuthorityLevel.TOWNSHIP: Text("乡级", "Township"),
    AuthorityLevel.OTHER: Text("其他", "Other"),
}

ORIGINS: Final[Mapping[CodeOrigin, Text]] = {
    CodeOrigin.PUBLISHED: Text("正式", "Published"),
    CodeOrigin.ASSUMED: Text("暂定", "Assumed"),
}

PARTS: Final[Mapping[PartKind, Text]] = {
    PartKind.LITERAL: Text("固定文字", "Fixed text"),
    PartKind.DIVISION: Text("行政区划（6 位）", "Division, 6 digits"),
    PartKind.YEAR: Text("年份（4 位）", "Year, 4 digits"),
    PartKind.SEQUENCE: Text("顺序号", "Running number"),
    PartKind.HOLDER_NUMBER: Text("持证人号码", "The holder's number"),
    PartKind.FIELD: Text("字段的值", "Value of a field"),
    PartKind.PROVINCE_SHORT: Text("省份简称", "Short name of the province"),
    PartKind.CITY_NAME: Text("城市名称", "Name of the city"),
    PartKind.CHECK_MOD_11_10: Text("校验码（数字）", "Check digit"),
    PartKind.CHECK_MOD_37_36: Text("校验码（数字或字母）", "Check character"),
}
