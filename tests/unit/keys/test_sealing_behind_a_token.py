"""A seal whose key is wrapped by a root key in a hardware module: SoftHSM2 stands in for one."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from keys.certificates import CertificateSubject, issue_leaf
from keys.certificates.wire import certificate_to_der
from keys.errors import MasterKeyError
from keys.master_key import MasterKey
from keys.path_validation import PathValidator
from keys.pdf_check import check_pdf
from keys.sealing import Seal, Sealer, SealLevel, VisibleSeal
from keys.software_store import SoftwareKeyStore
from tests.support.sealing_world import RED_SEAL, SealingWorld, plain_pdf
from tests.support.soft_token import SOFT_TOKEN, the_soft_token
from tests.support.trust_world import AT, FROM, UNTIL, USCC_A

pytestmark = pytest.mark.skipif(SOFT_TOKEN is None, reason="SoftHSM2 is not installed (package softhsm2)")

NAME = "杭州示例公安局"


def test_a_document_is_sealed_and_holds_after_a_restart(tmp_path: Path) -> None:
    """Key made, certified, the node started anew from its files and the token, a document sealed at B-LTA: it holds by our check
    and by ``pdfsig``'s, where that is installed. Without the token nothing can be sealed."""
    world = SealingWorld.create()
    file, keys = tmp_path / "master.key", tmp_path / "keys"
    token = replace(the_soft_token(), label=f"seal-{tmp_path.name[-20:]}-1")
    store = SoftwareKeyStore(keys, MasterKey.create(file, token))
    public = store.create("seal-1").public_key
    subject = CertificateSubject(NAME, USCC_A, "330000")
    leaf = issue_leaf(
        subject, public, world.region.authority, valid_from=FROM, valid_until=UNTIL, content_commitment=True
    )
    store.attach_certificates("seal-1", (certificate_to_der(leaf), world.region.der))

    restarted = SoftwareKeyStore(keys, MasterKey.load(file)).signer("seal-1")
    evidence = world.evidence()
    sealed = Sealer(restarted).seal(
        plain_pdf(),
        Seal(
            "Seal1", SealLevel.ARCHIVED, "颁发电子证照", visible=VisibleSeal(0, (90, 20, 180, 110), RED_SEAL)
        ),
        at=AT,
        time_stamper=world.stamp,
        evidence=replace(
            evidence, certificates=tuple(sorted({*evidence.certificates, certificate_to_der(leaf)}))
        ),
    )
    [seal] = check_pdf(sealed, PathValidator([world.trust.anchor]), AT).seals
    assert (seal.signer, seal.level, seal.problem) == (NAME, SealLevel.ARCHIVED, None)
    if shutil.which("pdfsig"):
        pdf = tmp_path / "sealed.pdf"
        pdf.write_bytes(sealed)
        said = subprocess.run(
            ["pdfsig", "-nocert", str(pdf)], capture_output=True, text=True, timeout=60, check=False
        )
        assert "Signature is Valid" in said.stdout
        assert NAME in said.stdout

    file.write_text(replace(token, label="somebody-elses-1").to_uri())
    with pytest.raises(MasterKeyError):
        MasterKey.load(file)
