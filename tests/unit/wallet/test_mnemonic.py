"""BIP-39 and BIP-44 give the keys that every wallet gives."""

import pytest

from aitbc.dev_accounts import DEV_SECRETS, MNEMONIC
from wallet.mnemonic import MnemonicError, derive_secret, generate_mnemonic


def test_development_accounts_are_the_mnemonics():
    assert [derive_secret(MNEMONIC, i).hex() for i in range(10)] == list(DEV_SECRETS)


def test_wrong_checksum_is_refused():
    with pytest.raises(MnemonicError):
        derive_secret("test " * 11 + "test")


def test_generated_mnemonic_derives_and_differs():
    first, second = generate_mnemonic(), generate_mnemonic(24)
    assert len(first.split()) == 12
    assert len(second.split()) == 24
    assert derive_secret(first) != derive_secret(second)
    with pytest.raises(MnemonicError):
        generate_mnemonic(13)
