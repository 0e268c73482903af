from __future__ import annotations

from pathlib import Path

import pytest

from keys.errors import MasterKeyError
from keys.master_key import MasterKey
from service.errors import SettingsError
from service.serving.requirements import settings_for_serving


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, str]:
    """What a verifier in production is told."""
    MasterKey.create(tmp_path / "keys" / "master.key")
    (tmp_path / "data").mkdir()
    return {
        "ELICENCE_DATA": str(tmp_path / "data"),
        "ELICENCE_MASTER_KEY_FILE": str(tmp_path / "keys" / "master.key"),
        "ELICENCE_STORE_URI": "mongodb://user:secret@db-1,db-2,db-3/?replicaSet=licences",
        "ELICENCE_VERIFIER_URL": "https://window.example.gov.cn",
        "ELICENCE_TRUST_LIST_URL": "https://trust.example.gov.cn/trust/list",
    }


def test_a_complete_environment_is_taken(complete: dict[str, str]) -> None:
    settings = settings_for_serving(complete, "verifier")
    assert settings.verifier_url == "https://window.example.gov.cn"


def test_in_production_localhost_is_no_origin_of_ours(complete: dict[str, str]) -> None:
    """Input: only the verifier's own address is set. Verdict: the demo's default addresses may not be fetched."""
    assert settings_for_serving(complete, "verifier").allowed_origins == {"https://window.example.gov.cn"}


@pytest.mark.parametrize(
    "variable",
    ["ELICENCE_MASTER_KEY_FILE", "ELICENCE_STORE_URI", "ELICENCE_VERIFIER_URL", "ELICENCE_TRUST_LIST_URL"],
)
def test_what_is_missing_is_named(complete: dict[str, str], variable: str) -> None:
    del complete[variable]
    with pytest.raises(SettingsError) as refused:
        settings_for_serving(complete, "verifier")
    assert refused.value.where == variable
    assert refused.value.next_step is not None


def test_a_data_directory_that_is_not_there_is_named(complete: dict[str, str]) -> None:
    Path(complete["ELICENCE_DATA"]).rmdir()
    with pytest.raises(SettingsError) as refused:
        settings_for_serving(complete, "verifier")
    assert refused.value.where == "ELICENCE_DATA"


def test_a_master_key_that_others_can_read_is_refused(complete: dict[str, str]) -> None:
    Path(complete["ELICENCE_MASTER_KEY_FILE"]).chmod(0o644)
    with pytest.raises(MasterKeyError):
        settings_for_serving(complete, "verifier")
