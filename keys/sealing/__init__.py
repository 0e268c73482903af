"""Sealing a PDF: PAdES signatures (ETSI EN 319 142-1) of levels B-B, B-T, B-LT and B-LTA, by pyHanko.

A seal is an organisation's signature (国务院令 716 号 article 9: an electronic seal equals the one of rubber). Everything that
pyHanko is used for when signing is in this package; private keys stay behind ``keys.signer.Signer``.
"""

from keys.sealing.evidence import SealEvidence, SealLevel, TimeStamper
from keys.sealing.renew import renew_archive_time_stamp
from keys.sealing.seal import Picture, Seal, Sealer, VisibleSeal

__all__ = [
    "Picture",
    "Seal",
    "SealEvidence",
    "SealLevel",
    "Sealer",
    "TimeStamper",
    "VisibleSeal",
    "renew_archive_time_stamp",
]
