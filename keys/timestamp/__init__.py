"""Time stamps (RFC 3161): a time-stamp authority of the node, and what a caller of any authority sends and checks.

A time stamp says that something existed at an instant, in the word of somebody who is trusted for the time. The node's own
authority serves a machine without a contract with one; its certificate names it as the node's.
"""

from keys.timestamp.answer import TimeStampToken, parse_answer, parse_token
from keys.timestamp.authority import NODE_POLICY, TimeStampAuthority
from keys.timestamp.question import TimeStampQuestion, build_question

__all__ = [
    "NODE_POLICY",
    "TimeStampAuthority",
    "TimeStampQuestion",
    "TimeStampToken",
    "build_question",
    "parse_answer",
    "parse_token",
]
