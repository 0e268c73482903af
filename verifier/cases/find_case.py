"""Finding a case for those who may see it, and its service item as it was when the case was opened."""

from __future__ import annotations

from standards.text import Text
from verifier.cases.case import Case
from verifier.cases.case_code import case_id_of
from verifier.cases.errors import UnknownCaseError
from verifier.cases.store import CaseStore
from verifier.departments.department import Department
from verifier.items import ItemRegister, ServiceItem


def find_case(cases: CaseStore, department: Department, case_id: str) -> Case:
    """A department's own case.

    Raises:
        UnknownCaseError: there is none, or it is another department's: the caller cannot tell which.
    """
    found = cases.find(case_id)
    if found is None or found.department != department.uscc:
        raise _unknown()
    return found


def find_case_by_code(cases: CaseStore, code: str) -> Case:
    """The case that a code names, whichever department's: who holds the code may know how far it is.

    Raises:
        UnknownCaseError: no such case here, any more, or no code at all.
    """
    case_id = case_id_of(code)
    found = cases.find(case_id) if case_id is not None else None
    if found is None:
        raise _unknown()
    return found


def item_of_case(items: ItemRegister, case: Case) -> ServiceItem:
    """The service item in the version under which the case was opened.

    Raises:
        UnknownServiceItemError: it is not in the register any more.
    """
    return items.by_code(case.item, version=case.item_version)


def _unknown() -> UnknownCaseError:
    return UnknownCaseError(
        "没有这个办件。",
        "There is no such case.",
        next_step=Text(
            "请核对办件号或办件码；没有出示过证照的预审一天后失效。",
            "Compare the number or the code. A pre-check in which nothing was shown ends after a day.",
        ),
    )
