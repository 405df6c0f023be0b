"""Mnemonics (BIP-39) and the keys under them (BIP-32, BIP-44), by eth-account."""

from typing import Any, Final

from primitives.errors import BadInputError

ETHEREUM_PATH: Final = "m/44'/60'/0'/0/{index}"
WORDS: Final = (12, 15, 18, 21, 24)


class MnemonicError(BadInputError):
    """Not a mnemonic: wrong words, number or checksum; or a malformed path."""


def generate_mnemonic(words: int = 12) -> str:
    """Return a fresh mnemonic from the operating system's generator.

    Raises:
        MnemonicError: not 12, 15, 18, 21 or 24 words.
    """
    if words not in WORDS:
        raise MnemonicError(f"a mnemonic has {', '.join(map(str, WORDS))} words, not {words}")
    _, mnemonic = _account().create_with_mnemonic(num_words=words)
    return str(mnemonic)


def derive_secret(mnemonic: str, index: int = 0, passphrase: str = "", path: str = "") -> bytes:
    """Return the secret at an account index, or at an explicit path.

    Raises:
        MnemonicError: the words fail their checksum, or the path is malformed.
    """
    place = path or ETHEREUM_PATH.format(index=index)
    try:
        key = _account().from_mnemonic(mnemonic, passphrase=passphrase, account_path=place)
    except (ValueError, TypeError, AttributeError) as error:
        raise MnemonicError(str(error)) from error
    except Exception as error:  # eth-account raises eth-utils' ValidationError
        if type(error).__name__ != "ValidationError":
            raise
        raise MnemonicError(str(error)) from error
    return bytes(key.key)


def _account() -> Any:
    from eth_account import Account  # noqa: PLC0415 - takes 0.8 s to import

    Account.enable_unaudited_hdwallet_features()
    return Account
