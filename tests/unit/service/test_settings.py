from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import SettingsError
from service.settings import Settings


def test_defaults_describe_the_demo_node_on_this_machine() -> None:
    settings = Settings.from_environment({})
    assert settings.data == Path("var/node").absolute()
    assert settings.issuer_url == "http://localhost:8001"
    assert settings.allowed_origins == {
        "http://localhost:8001",
        "http://localhost:8002",
        "http://localhost:8003",
    }
    assert settings.trust_list_url == "http://localhost:8001/trust/list"
    assert settings.database_name("wallet") == "elicence_wallet"


def test_nothing_secret_has_a_default_and_nothing_secret_is_shown() -> None:
    settings = Settings.from_environment(
        {
            "ELICENCE_STORE_URI": "mongodb://u:hidden@db/?replicaSet=rs",
            "ELICENCE_OIDC_ISSUER": "https://id.example.cn",
            "ELICENCE_OIDC_CLIENT_ID": "wallet",
            "ELICENCE_OIDC_CLIENT_SECRET": "hidden",
        }
    )
    assert "hidden" not in repr(settings)
    assert Settings().oidc_client_secret == ""


def test_given_origins_replace_the_nodes_own() -> None:
    settings = Settings.from_environment(
        {"ELICENCE_ALLOWED_ORIGINS": "https://A.example.cn, http://10.0.0.8:8001"}
    )
    assert settings.allowed_origins == {"https://a.example.cn", "http://10.0.0.8:8001"}


def test_the_default_port_is_no_part_of_an_origin() -> None:
    """``https://host:443``: browsers send and fetches compare ``https://host``, so that is what is kept."""
    settings = Settings.from_environment(
        {
            "ELICENCE_ISSUER_URL": "https://issuer.example.cn:443",
            "ELICENCE_ALLOWED_ORIGINS": "https://a.example.cn:443 http://b.example.cn:80 https://c.example.cn:8443",
        }
    )
    assert settings.issuer_url == "https://issuer.example.cn"
    assert settings.allowed_origins == {
        "https://a.example.cn",
        "http://b.example.cn",
        "https://c.example.cn:8443",
    }


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ELICENCE_ISSUER_URL", "http://issuer.example.cn"),
        ("ELICENCE_ISSUER_URL", "https://issuer.example.cn/path"),
        ("ELICENCE_ISSUER_URL", "https://user@issuer.example.cn"),
        ("ELICENCE_ISSUER_URL", "https://issuer.example.cn:notaport"),
        ("ELICENCE_WALLET_URL", "ftp://localhost"),
        ("ELICENCE_TRUST_LIST_URL", "http://trust.example.cn/list"),
        ("ELICENCE_ALLOWED_ORIGINS", "https://a.example.cn/x"),
        ("ELICENCE_ALLOWED_ORIGINS", "a.example.cn"),
        ("ELICENCE_ALLOWED_ORIGINS", "http://[::1"),
        ("ELICENCE_ALLOWED_ORIGINS", "http://a.example.cn:99999"),
        ("ELICENCE_ISSUER_URL", "https://[::1"),
        ("ELICENCE_ISSUER_URL", "https://issuer example.cn"),
        ("ELICENCE_ISSUER_URL", "https://证照.example.cn"),
        ("ELICENCE_STORE_URI", "postgres://db"),
        ("ELICENCE_DATABASE_PREFIX", "Bad Name"),
        ("ELICENCE_LISTEN_PORT", "0"),
        ("ELICENCE_LISTEN_PORT", "65536"),
        ("ELICENCE_LISTEN_PORT", "eight"),
        ("ELICENCE_BLOCKING_THREADS", "0"),
        ("ELICENCE_WORKERS", "-1"),
        ("ELICENCE_LOG_LEVEL", "loud"),
        ("ELICENCE_OIDC_SCOPE", "x" * 501),
    ],
)
def test_a_wrong_value_is_refused_and_the_error_names_the_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({variable: value})
    assert refused.value.where == variable
    assert variable in refused.value.message.zh
    assert refused.value.next_step is not None


def test_an_identity_provider_without_client_credentials_is_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"ELICENCE_OIDC_ISSUER": "https://id.example.cn"})
    assert refused.value.where == "ELICENCE_OIDC_CLIENT_ID"


def test_a_node_has_an_upstream_only_where_one_is_named() -> None:
    environ = {"ELICENCE_STORE_URI": "mongodb://localhost:27017/?replicaSet=rs"}
    assert Settings.from_environment(environ).upstream == ""
    named = Settings.from_environment(environ | {"ELICENCE_UPSTREAM": "https://Centre.example.gov.cn/"})
    assert named.upstream == "https://centre.example.gov.cn"
