"""The anchors of this node: a PEM file that an operator put there. Never from the network."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from service.trust_feed.errors import TrustAnchorError
from standards.text import Text


def load_anchors(path: Path) -> tuple[x509.Certificate, ...]:
    """The self-signed roots in a PEM file; several while a nation changes its root. Raises ``TrustAnchorError``."""
    try:
        anchors = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except OSError as cause:
        raise TrustAnchorError(
            f"无法读取信任根文件 {path}：{cause.strerror}。",
            f"The trust anchor file {path} cannot be read: {cause.strerror}.",
            where=str(path),
            next_step=Text(
                "将国家信任根证书放到此处，或设置 ELICENCE_TRUST_ANCHOR_FILE。",
                "Put the nation's root certificate there, or set ELICENCE_TRUST_ANCHOR_FILE.",
            ),
        ) from cause
    except ValueError as cause:
        raise _unusable(path) from cause
    if not anchors or not all(_is_root(anchor) for anchor in anchors):
        raise _unusable(path)
    return anchors


def _is_root(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    return constraints.ca and certificate.subject == certificate.issuer


def _unusable(path: Path) -> TrustAnchorError:
    return TrustAnchorError(
        f"信任根文件 {path} 不含可用的根证书。",
        f"The trust anchor file {path} holds something other than root certificates in PEM.",
        where=str(path),
    )
