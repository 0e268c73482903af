"""Which column of a file says what of a licence: kept per source system and licence type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from issuer.imports.errors import InvalidMappingError
from standards.json_reader import Reader
from standards.licence_types import LicenceType
from standards.text import Text

MAX_HOLDERS: Final = 20
"""Most holders of one row; JSON Lines in the form of the interface takes as many as the type allows."""

ERROR_COLUMN: Final = "import_error"
"""Column that a file of refused rows has in addition; no import reads it."""

COMMON_TARGETS: Final[Mapping[str, Text]] = {
    "licence_identifier": Text("电子证照标识", "Licence identifier"),
    "licence_number": Text("证照号码", "Licence number"),
    "holder_name": Text("持证主体", "Holder"),
    "holder_code_type": Text("持证主体代码类型", "Holder code type"),
    "holder_number": Text("持证主体代码", "Holder number"),
    "issue_date": Text("颁发日期", "Date of issue"),
    "valid_from": Text("有效期起", "Valid from"),
    "valid_until": Text("有效期至", "Valid until"),
    "division": Text("行政区划", "Division"),
    "state": Text("证照状态", "State"),
    "state_reason": Text("状态原因", "Reason of the state"),
    "inspection_result": Text("检验结果", "Inspection result"),
    "inspection_due": Text("下次检验期限", "Next inspection due"),
}
"""What every licence has, beside the fields of its type."""

_OTHER_NAMES: Final[Mapping[str, str]] = {
    "持证人": "holder_name", "姓名": "holder_name", "持证者": "holder_name", "持证主体名称": "holder_name",
    "证件号码": "holder_number", "身份证号": "holder_number", "公民身份号码": "holder_number",
    "证件类型": "holder_code_type", "发证日期": "issue_date", "有效期自": "valid_from",
    "有效期起始日期": "valid_from", "有效期截止日期": "valid_until", "有效期止": "valid_until",
    "证照编号": "licence_number", "证号": "licence_number", "证书编号": "licence_number",
    "区划代码": "division", "状态": "state", "证照标识": "licence_identifier",
}  # fmt: skip

Places = Mapping[str, "ColumnRule"]


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """From where a value comes.

    Attributes:
        column: name of the column, or ``None`` for a constant.
        constant: the value of every row, where there is no column.
        values: what a text of the source means here; a text that is not named means itself.
    """

    column: str | None = None
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The mapping of one source system for one licence type.

    Attributes:
        type_code: of the catalogue.
        key: column with the source system's own key of a record, or ``None`` to know a record by its licence number.
        columns: target → rule. Targets are the common ones, ``holder_2_name`` and so on for further holders, and
            the names of the type's own fields.
    """

    type_code: str
    key: str | None
    columns: Mapping[str, ColumnRule]

    def to_json(self) -> dict[str, Any]:
        """As ``parse_mapping`` reads it."""
        return {
            "type": self.type_code,
            "key": self.key,
            "columns": {target: _rule_json(rule) for target, rule in self.columns.items()},
        }

    def column_of(self, target: str) -> str | None:
        """Name of the column that gives a target."""
        rule = self.columns.get(target)
        return None if rule is None else rule.column


def targets_of(licence_type: LicenceType) -> dict[str, Text]:
    """Every target of a type, with its label, in the order of a form."""
    targets = dict(COMMON_TARGETS)
    for number in range(2, min(licence_type.holder.maximum, MAX_HOLDERS) + 1):
        for part in ("name", "code_type", "number"):
            label = COMMON_TARGETS[f"holder_{part}"]
            targets[f"holder_{number}_{part}"] = Text(f"{label.zh} {number}", f"{label.en} {number}")
    if licence_type.inspection is None:
        del targets["inspection_result"], targets["inspection_due"]
    targets.update({own.name: own.label for own in licence_type.own_fields})
    return targets


def propose_mapping(licence_type: LicenceType, header: Iterable[str]) -> ColumnMapping:
    """What the names of the columns suggest: a target's own name, its label, or a usual other name."""
    targets = targets_of(licence_type)
    known = dict(_OTHER_NAMES)
    known |= {f"{licence_type.name.zh}{ending}": "licence_number" for ending in ("编号", "号码", "号")}
    # A label without what stands in brackets: "法定代表人（经营者）" is "法定代表人" in most files.
    known |= {label.zh.partition("（")[0]: target for target, label in targets.items() if "（" in label.zh}
    # Later ones win: a field's label counts more than a common target's, a name more than a label.
    for target, label in targets.items():
        known |= {label.zh: target, label.en.casefold(): target}
    known |= {target: target for target in targets}
    columns: dict[str, ColumnRule] = {}
    for name in header:
        target = known.get(name) or known.get(name.strip().casefold(), "")
        if target in targets and target not in columns:
            columns[target] = ColumnRule(name)
    only = licence_type.holder.code_types
    if len(only) == 1:
        columns.setdefault("holder_code_type", ColumnRule(constant=only[0]))
    return ColumnMapping(licence_type.code, None, columns)


def parse_mapping(obj: Any, licence_type: LicenceType) -> ColumnMapping:
    """The mapping in ``obj``: ``{"type", "key", "columns": {target: column | {"column", "constant", "values"}}}``.

    Raises:
        InvalidMappingError: an unknown target, or a rule without a column and a constant.
    """
    reader = Reader(obj, error=InvalidMappingError)
    reader.refuse_unknown(frozenset({"type", "key", "columns"}))
    targets = targets_of(licence_type)
    places = reader.object("columns")
    columns: dict[str, ColumnRule] = {}
    for target in places.names():
        if target not in targets:
            raise InvalidMappingError(
                f"“{licence_type.name.zh}”没有此项目。",
                f"“{licence_type.name.en}” has no such target.",
                where=places.pointer(target[:64]),
                next_step=Text(f"可用：{'、'.join(targets)}。", f"Use one of: {', '.join(targets)}."),
            )
        columns[target] = _rule(places, target)
    if not columns:
        raise reader.fail("columns", "没有对应任何列。", "No column is mapped.")
    # Both an absent key and null mean that there is none; null is how a mapping is printed.
    has_key = "key" in reader and reader.any("key") is not None
    return ColumnMapping(licence_type.code, reader.text("key", max_chars=200) if has_key else None, columns)


def stored_mapping(obj: Mapping[str, Any]) -> ColumnMapping:
    """A mapping that was checked before it was kept."""
    columns = {
        target: ColumnRule(rule)
        if isinstance(rule, str)
        else ColumnRule(rule.get("column"), rule.get("constant"), rule.get("values", {}))
        for target, rule in obj["columns"].items()
    }
    return ColumnMapping(obj["type"], obj["key"], columns)


def check_against(mapping: ColumnMapping, header: Iterable[str]) -> None:
    """Refuses a mapping that names a column that the file does not have.

    Raises:
        InvalidMappingError
    """
    names = set(header)
    wanted = [rule.column for rule in mapping.columns.values() if rule.column is not None]
    missing = [name for name in (*wanted, *([mapping.key] if mapping.key else [])) if name not in names]
    if missing:
        listed = "、".join(missing[:10])
        raise InvalidMappingError(
            f"文件中没有这些列：{listed}。",
            f"The file does not have these columns: {listed}.",
            where="/columns",
            next_step=Text(
                "请改正列对应关系，或核对文件第一行。",
                "Correct the mapping, or look at the file's first row.",
            ),
        )


def _rule(places: Reader, target: str) -> ColumnRule:
    if isinstance(places.any(target), str):
        return ColumnRule(places.text(target, max_chars=200))
    rule = places.object(target)
    rule.refuse_unknown(frozenset({"column", "constant", "values"}))
    column = rule.optional_text("column", max_chars=200)
    constant = rule.optional_text("constant", max_chars=500)
    if (column is None) == (constant is None):
        raise rule.fail("column", "须写明 column 或 constant 之一。", "Give either a column or a constant.")
    values = rule.object("values") if "values" in rule else Reader({}, error=InvalidMappingError)
    if len(values.names()) > 500:
        raise rule.fail("values", "对应值过多。", "There are too many values.")
    return ColumnRule(
        column, constant, {name: values.text(name, max_chars=200, min_chars=0) for name in values.names()}
    )


def _rule_json(rule: ColumnRule) -> Any:
    if rule.column is not None and not rule.values:
        return rule.column
    wire: dict[str, Any] = {}
    if rule.column is not None:
        wire["column"] = rule.column
    if rule.constant is not None:
        wire["constant"] = rule.constant
    if rule.values:
        wire["values"] = dict(rule.values)
    return wire
