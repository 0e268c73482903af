"""Functions of departments: who is the authoritative source of a field (one source per field, 一数一源).

A field's source is a function, not an organisation, because a type is the same in every region while the organisations
differ. Which organisation has the function is said where its systems are registered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from standards.text import Text

DEPARTMENTS: Final[Mapping[str, Text]] = {
    "public_security": Text("公安", "Public security"),
    "market_regulation": Text("市场监督管理", "Market regulation"),
    "civil_affairs": Text("民政", "Civil affairs"),
    "natural_resources": Text("自然资源", "Natural resources"),
    "human_resources": Text("人力资源和社会保障", "Human resources and social security"),
    "health": Text("卫生健康", "Health"),
    "education": Text("教育", "Education"),
    "transport": Text("交通运输", "Transport"),
    "disabled_persons_federation": Text("残疾人联合会", "Disabled persons' federation"),
    "justice": Text("司法行政", "Justice"),
    "housing": Text("住房和城乡建设", "Housing and urban-rural development"),
    "taxation": Text("税务", "Taxation"),
    "medical_insurance": Text("医疗保障", "Medical insurance"),
    "drug_administration": Text("药品监督管理", "Drug administration"),
    "emergency_management": Text("应急管理", "Emergency management"),
    "ecology": Text("生态环境", "Ecology and environment"),
    "agriculture": Text("农业农村", "Agriculture and rural affairs"),
    "water_resources": Text("水利", "Water resources"),
    "forestry": Text("林业和草原", "Forestry and grassland"),
    "culture_tourism": Text("文化和旅游", "Culture and tourism"),
    "press_film": Text("新闻出版和电影", "Press, publication and film"),
    "religious_affairs": Text("民族宗教", "Ethnic and religious affairs"),
    "commerce": Text("商务", "Commerce"),
    "finance": Text("财政", "Finance"),
    "financial_regulation": Text("金融监督管理", "Financial regulation"),
    "industry": Text("工业和信息化", "Industry and information technology"),
    "science_technology": Text("科学技术", "Science and technology"),
    "development_reform": Text("发展和改革", "Development and reform"),
    "sports": Text("体育", "Sports"),
    "veterans": Text("退役军人事务", "Veterans' affairs"),
    "immigration": Text("移民管理", "Immigration"),
    "customs": Text("海关", "Customs"),
    "other": Text("其他", "Other"),
}
"""Function code → name. A closed list: a slip of the pen in a type's data is found at start."""

HOLDER_DEPARTMENTS: Final[Mapping[str, str]] = {
    "111": "public_security",
    "001": "market_regulation",
}
"""Type of the holder's number → who keeps the register that says what the number's holder is called. Holders with another
number have no such register here; their names are the matter of the licence's own department.
"""
