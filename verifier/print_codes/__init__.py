"""Checking the code on a printed licence (``ELD1:``), and laying out what it says beside the paper.

A genuine code says nothing of the paper around it: anybody can print another name above it. So the answer always lists what the
paper has to say, item by item, for people to compare.
"""

from verifier.print_codes.check_print_code import CheckedPrintCode, check_print_code, unreadable_print_code
from verifier.print_codes.gather import gather_print_evidence
from verifier.print_codes.printed_lines import PrintedLine

__all__ = [
    "CheckedPrintCode",
    "PrintedLine",
    "check_print_code",
    "gather_print_evidence",
    "unreadable_print_code",
]
