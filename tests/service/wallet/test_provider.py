"""The wallet as a provider: certificate, status entries, their lists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest

from keys.certificates import certificate_to_pem, load_certificate, parse_request, sign_request
from keys.errors import SigningKeyError
from standards.oauth.client_attestation import parse_client_attestation, verify_client_attestation
from standards.status_list import (
    StatusReference,
    StatusValue,
    parse_status_list_token,
    verify_status_list_token,
)
from tests.support.trust_world import FROM, UNTIL, new_signer
from tests.support.wallet_world import WalletWorld
from wallet.provider.enrol_provider import install_certificate, request_certificate
from wallet.provider.errors import (
    InvalidProviderCertificateError,
    ProviderNotCertifiedError,
    ProviderStatusNotFoundError,
    StatusEndedError,
)
from wallet.provider.provider import WalletProvider
from wallet.provider.store import ProviderStatusStore

USCC = "12330000MB990091XB"
NAME = "某钱包服务（示例）"


@dataclass
class Provider:
    """The wallet's provider, certified in the world's region."""

    world: WalletWorld
    part: WalletProvider

    def listed(self, reference: StatusReference) -> int:
        """What the list that is served says of an entry."""
        path = reference.uri.removeprefix(self.world.node.settings.wallet_url)
        answer = self.world.app.test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/statuslist+jwt")
        token = parse_status_list_token(answer.text)
        assert token.certificate_chain == self.part.signer.certificate_chain
        listed = verify_status_list_token(
            token, self.part.signer.public_key, uri=reference.uri, at=self.world.clock.now()
        )
        return listed.status_at(reference.index)

    def allocate(self, count: int = 1) -> list[StatusReference]:
        return self.part.statuses.allocate(count, self.world.clock.now() + timedelta(days=30))


def certify(world: WalletWorld, *, uscc: str = USCC) -> None:
    keys = world.node.provider.keys
    url = world.node.settings.wallet_url
    pem = request_certificate(keys, name_zh=NAME, uscc=uscc, division="330000", wallet_url=url)
    region = world.nation.regions["330000"]
    leaf = sign_request(parse_request(pem), region.authority, valid_from=FROM, valid_until=UNTIL)
    chain = certificate_to_pem(leaf) + certificate_to_pem(region.authority.certificate)
    # What the region sends may end with the anchor: it is left out.
    install_certificate(keys, (chain + certificate_to_pem(world.nation.anchor)).encode())


@pytest.fixture
def provider(world: WalletWorld) -> Provider:
    certify(world)
    return Provider(world, world.node.provider)


def test_before_it_is_certified_nothing_is_signed_and_nothing_given_out(world: WalletWorld) -> None:
    provider = world.node.provider
    for attempt in (
        lambda: provider.signer,
        lambda: provider.organisation,
        lambda: provider.attest(new_signer().public_jwk),
        lambda: provider.statuses.allocate(1, world.clock.now()),
    ):
        with pytest.raises(ProviderNotCertifiedError) as refused:
            attempt()
        assert refused.value.next_step is not None


def test_its_certificate_names_it_and_its_host(provider: Provider) -> None:
    organisation = provider.part.organisation
    assert (organisation.uscc, organisation.name, organisation.division) == (USCC, NAME, "330000")
    path = provider.world.nation.validator().validate(
        provider.part.signer.certificate_chain, provider.world.clock.now()
    )
    assert path.dns_names == ("localhost",)
    assert len(provider.part.signer.certificate_chain) == 2


def test_a_certificate_that_is_not_its_own_is_refused(world: WalletWorld) -> None:
    """Rubbish, another key's chain, a certificate without a code → refused, and nothing is attached."""
    keys = world.node.provider.keys
    region = world.nation.regions["330000"]
    other = region.leaf("别家（示例）", USCC)
    pem = "".join(certificate_to_pem(load_certificate(der)) for der in other.certificate_chain)
    with pytest.raises(InvalidProviderCertificateError):
        install_certificate(keys, b"rubbish")
    with pytest.raises(SigningKeyError):
        install_certificate(keys, pem.encode())
    with pytest.raises(InvalidProviderCertificateError):
        install_certificate(keys, certificate_to_pem(region.authority.certificate).encode())
    with pytest.raises(ProviderNotCertifiedError):
        _ = world.node.provider.signer


def test_it_attests_the_key_of_a_wallet(provider: Provider) -> None:
    key = new_signer().public_jwk
    unverified = parse_client_attestation(provider.part.attest(key))
    path = provider.world.nation.validator().validate(
        unverified.certificate_chain, provider.world.clock.now()
    )
    attestation = verify_client_attestation(unverified, path.public_key, at=provider.world.clock.now())
    assert attestation.instance_key == key
    assert attestation.client_id == provider.world.node.settings.wallet_url


def test_entries_are_valid_and_all_different(provider: Provider) -> None:
    given = provider.allocate(50)
    assert len({(one.uri, one.index) for one in given}) == 50
    assert {provider.listed(one) for one in given[:3]} == {StatusValue.VALID}
    # Neighbours by time are none by place: in order would be 49 steps of one.
    steps = [abs(one.index - other.index) for one, other in pairwise(given)]
    assert steps.count(1) < 5


def test_a_change_is_in_the_list_at_once(provider: Provider) -> None:
    first, second = provider.allocate(2)
    assert provider.listed(first) == StatusValue.VALID
    provider.part.statuses.set(first, StatusValue.SUSPENDED)
    assert (provider.listed(first), provider.listed(second)) == (2, 0)
    provider.part.statuses.set(first, StatusValue.VALID)
    assert provider.listed(first) == 0
    provider.part.statuses.set(second, StatusValue.INVALID)
    assert (provider.listed(first), provider.listed(second)) == (0, 1)
    assert provider.part.statuses.value_of(second) is StatusValue.INVALID


def test_what_has_ended_never_comes_back(provider: Provider) -> None:
    (one,) = provider.allocate()
    provider.part.statuses.set(one, StatusValue.INVALID)
    provider.part.statuses.set(one, StatusValue.INVALID)
    for value in (StatusValue.VALID, StatusValue.SUSPENDED):
        with pytest.raises(StatusEndedError):
            provider.part.statuses.set(one, value)
    assert provider.listed(one) == 1


def test_entries_of_others_cannot_be_set(provider: Provider) -> None:
    """Another host's list, an entry that was never given out, a list that there is not, no number → refused."""
    (one,) = provider.allocate()
    free = StatusReference(one.uri, (one.index + 1) % 2**20)
    for reference in (
        free,
        StatusReference("https://other.example/status-lists/1", 1),
        StatusReference(f"{one.uri}1", one.index),
        StatusReference(one.uri + "/x", one.index),
        StatusReference(one.uri.rpartition("/")[0] + "/١", one.index),
    ):
        with pytest.raises(ProviderStatusNotFoundError):
            provider.part.statuses.set(reference, StatusValue.INVALID)
    assert provider.world.app.test_client().get("/status-lists/999999999999999").status_code == 404


def test_another_process_serves_the_change(provider: Provider) -> None:
    """Two processes keep the list in memory; one sets an entry → the other serves it at the next question."""
    world = provider.world
    other = WalletProvider.over(
        ProviderStatusStore(world.node.database),
        provider.part.keys,
        wallet_url=world.node.settings.wallet_url,
        clock=world.clock,
    )
    (one,) = provider.allocate()
    assert provider.listed(one) == 0
    other.statuses.set(one, StatusValue.INVALID)
    assert provider.listed(one) == 1


def test_many_changes_are_folded_and_none_is_lost(provider: Provider) -> None:
    """300 entries set one after the other: past 256 they move out of the list's row; kept and fresh readers agree."""
    given = provider.allocate(300)
    for number, one in enumerate(given):
        provider.part.statuses.set(one, StatusValue.INVALID if number % 2 else StatusValue.SUSPENDED)
    number = int(given[0].uri.rpartition("/")[2])
    row = provider.part.store.find_list(number)
    assert row is not None
    assert len(row.changes) < 100
    fresh = WalletProvider.over(
        provider.part.store,
        provider.part.keys,
        wallet_url=provider.world.node.settings.wallet_url,
        clock=provider.world.clock,
    )
    for statuses in (
        provider.part.statuses.current(number).statuses,
        fresh.statuses.current(number).statuses,
    ):
        assert [statuses.get(one.index) for one in given] == [1 if n % 2 else 2 for n in range(300)]
    assert [provider.part.statuses.value_of(one) for one in given[:2]] == [2, 1]


def test_threads_at_once_share_no_entry(provider: Provider) -> None:
    with ThreadPoolExecutor(8) as pool:
        given = [one for batch in pool.map(lambda _: provider.allocate(20), range(8)) for one in batch]
    assert len({(one.uri, one.index) for one in given}) == 160


def test_after_a_restore_entries_come_out_of_another_list(provider: Provider) -> None:
    """Entries given out after the backup are free in the restored list: nobody may get one of them again."""
    (before,) = provider.allocate()
    assert provider.part.store.close_all_lists() == 1
    (after,) = provider.allocate()
    assert after.uri != before.uri
    assert provider.listed(before) == provider.listed(after) == 0


def test_a_list_is_signed_anew_before_it_grows_old(provider: Provider) -> None:
    (one,) = provider.allocate()
    number = int(one.uri.rpartition("/")[2])
    first = provider.part.statuses.current(number)
    provider.world.clock.advance(timedelta(hours=5))
    assert provider.part.statuses.current(number) is first
    provider.world.clock.advance(timedelta(hours=2))
    second = provider.part.statuses.current(number)
    assert second.issued_at == provider.world.clock.now()


def test_a_new_certificate_is_in_the_list_at_once(provider: Provider) -> None:
    (one,) = provider.allocate()
    before = provider.listed(one)
    certify(provider.world)
    assert provider.listed(one) == before


def test_lists_are_public_and_cached_for_a_second(provider: Provider) -> None:
    (one,) = provider.allocate()
    client = provider.world.app.test_client()
    path = one.uri.removeprefix(provider.world.node.settings.wallet_url)
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    lists = client.get("/status-lists").json
    assert lists == {"status_lists": {one.uri: answer.text}}
