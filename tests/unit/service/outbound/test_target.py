from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.outbound.errors import OutboundAddressError
from service.outbound.target import is_public_address, parse_target

ALLOWED = frozenset({"http://localhost:8001", "https://trust.example.cn"})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.cn/",  # no TLS
        "http://localhost:8002/",  # another port is another origin
        "https://user@example.cn/",
        "https://example.cn@localhost:8001/",
        "https://example.cn\\@localhost/",
        "https://exa mple.cn/",
        "https://例子.cn/",  # a name comes as A-label or not at all
        "https://example.cn:22/",
        "https://example.cn:99999/",
        "https://[::1/",
        "https://[::1]x/",
        "https://exam..ple/",
        "https:///path",
        "https://",
        "//example.cn/",
        "file:///etc/passwd",
        "gopher://example.cn/",
        "ftp://example.cn/",
        "data:text/plain,x",
        "https://example.cn/\r\nX: y",
        "https://example.cn/" + "a" * 2048,
        "",
    ],
)
def test_an_address_of_the_wrong_form_is_refused(url: str) -> None:
    with pytest.raises(OutboundAddressError):
        parse_target(url, ALLOWED)


def test_a_public_https_address_is_read() -> None:
    target = parse_target("HTTPS://Issuer.Example.CN:8443/a/b?c=d#fragment", ALLOWED)
    assert (target.scheme, target.host, target.port) == ("https", "issuer.example.cn", 8443)
    assert target.request_path == "/a/b?c=d"
    assert target.origin == "https://issuer.example.cn:8443"
    assert not target.trusted


def test_an_allowed_origin_is_trusted_exactly() -> None:
    assert parse_target("http://LOCALHOST:8001/x", ALLOWED).trusted
    assert parse_target("https://trust.example.cn:443/x", ALLOWED).trusted
    assert not parse_target("https://trust.example.cn:8443/x", ALLOWED).trusted
    assert not parse_target("https://trust.example.cn.evil.example/x", ALLOWED).trusted


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
        "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1", "not an address",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public_address(address)


@given(st.text(max_size=200))
def test_any_text_gives_a_target_or_the_one_error(text: str) -> None:
    for url in (text, "https://" + text, "http://localhost:8001" + text):
        try:
            target = parse_target(url, ALLOWED)
        except OutboundAddressError:
            continue
        assert target.scheme == "https" or target.trusted
        assert not set(target.request_path) & set("\r\n \\")
