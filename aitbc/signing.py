"""Whose key signs, and the way of a transaction from there to its receipt.

A secret comes from a file, a keystore, the environment or the development mnemonic, never from the
command line itself, where other users of the machine could read it.
"""

import asyncio
import functools
import os
import sys
import warnings
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from getpass import GetPassWarning
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import click

from aitbc.arguments import ADDRESS
from aitbc.commands.node import home_option, rpc_option
from aitbc.dev_accounts import DEV_SECRETS
from aitbc.output import errors, fail, format_ait, json_flag, print_record
from contracts.framework.contract import Contract
from miner.chain import Chain, Outcome, RefusedError, sign_call
from miner.native_calls import Refusal, encode_native, place_of
from node.config import default_home
from node.home import load_secret
from primitives.errors import ConfigError, InvalidSignatureError
from primitives.keys import check_secret, secret_to_address
from primitives.types import Address
from rpc.client import RpcCallError, RpcClient
from rpc.formats import checksummed
from wallet.keystore import Keystore, KeystoreError

PASSWORD_ENV: Final = "AITBC_PASSWORD"  # noqa: S105 - a variable's name
WAIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.2
PASSWORD_BYTES_MAX: Final = 4096

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

password_file_option = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"File with the keystore password; default ${PASSWORD_ENV}, else a hidden prompt.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerChoice:
    """What the options say about whose key signs."""

    home: Path | None = None
    key_file: Path | None = None
    keystore: Address | None = None
    dev_account: int | None = None
    private_key_env: str | None = None
    password_file: Path | None = None

    @property
    def is_named(self) -> bool:
        """Answer whether the options name a key."""
        return bool(self._named)

    @property
    def _named(self) -> list[object]:
        choices = (self.key_file, self.keystore, self.dev_account, self.private_key_env)
        return [value for value in choices if value is not None]

    def address(self) -> Address:
        """Return the key's account; a keystore needs no password for it. Raises as ``load``."""
        if self.keystore is not None and len(self._named) == 1:
            return self.keystore
        return secret_to_address(self.load())

    def load(self) -> bytes:
        """Return the secret.

        Raises:
            click.UsageError: no key or several were named.
            ConfigError: the key cannot be read; nothing of it is shown.
        """
        if len(self._named) != 1:
            raise click.UsageError(
                "name exactly one signer: --key-file, --keystore, --dev-account or "
                "--private-key-env"
            )
        if self.key_file is not None:
            return load_secret(self.key_file)
        if self.dev_account is not None:
            return bytes.fromhex(DEV_SECRETS[self.dev_account])
        if self.private_key_env is not None:
            return _secret_from_environment(self.private_key_env)
        assert self.keystore is not None
        return unlock(self.home, self.keystore, self.password_file)


def signer_options(function: F) -> F:
    """Add the options that name a signer; the command gets them as ``signer``."""

    @home_option
    @click.option(
        "--key-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Key file, such as a validator_key.json (0600).",
    )
    @click.option("--keystore", type=ADDRESS, help="Address of a key in HOME/keystore.")
    @click.option(
        "--dev-account",
        type=click.IntRange(0, len(DEV_SECRETS) - 1),
        help="Account of the development mnemonic: public, for a devnet only.",
    )
    @click.option("--private-key-env", metavar="NAME", help="Environment variable with the key.")
    @password_file_option
    @functools.wraps(function)
    def wrapper(
        home: Path | None,
        key_file: Path | None,
        keystore: Address | None,
        dev_account: int | None,
        private_key_env: str | None,
        password_file: Path | None,
        **rest: Any,
    ) -> Any:
        signer = SignerChoice(
            home=home,
            key_file=key_file,
            keystore=keystore,
            dev_account=dev_account,
            private_key_env=private_key_env,
            password_file=password_file,
        )
        return function(signer=signer, **rest)

    return wrapper  # type: ignore[return-value]


def transaction_options(function: F) -> F:
    """Add signer, ``--rpc`` and ``--json``: what every command that sends needs."""
    return signer_options(rpc_option(json_flag(function)))


def keystore_of(home: Path | None) -> Keystore:
    """Return the keystore of a home directory."""
    return Keystore((home or default_home()) / "keystore")


def unlock(home: Path | None, address: Address, password_file: Path | None) -> bytes:
    """Return a stored key's secret.

    Raises:
        ConfigError: no such key, or the wrong password.
    """
    store = keystore_of(home)
    if all(entry.address != address for entry in store.list()):
        raise ConfigError(
            f"no key {checksummed(address)} in the keystore", "List them: aitbc keys list"
        )
    try:
        return store.unlock(address, read_password(password_file))
    except KeystoreError as error:
        raise ConfigError(str(error), "Try again with the right password") from error


def read_password(file: Path | None, *, is_new: bool = False) -> str:
    """Return a password from the file, the environment or a hidden prompt.

    Raises:
        ConfigError: the file is empty or too large; a new password is empty; none was given and
            there is no terminal to ask at.
    """
    if file is not None:
        text = file.read_bytes()[: PASSWORD_BYTES_MAX + 1]
        if len(text) > PASSWORD_BYTES_MAX:
            raise ConfigError(f"{file} is too large for a password", "Name the right file")
        password = text.decode(errors="strict").rstrip("\r\n")
    else:
        found = os.environ.get(PASSWORD_ENV)
        password = _ask_password(is_new=is_new) if found is None else found
    if is_new and not password:
        raise ConfigError("the password is empty", "Choose one of at least some words")
    return password


def _ask_password(*, is_new: bool) -> str:
    """Ask; without a terminal the answer is read from a pipe, and visibly."""
    try:
        with warnings.catch_warnings():
            if not sys.stdin.isatty():
                warnings.simplefilter("ignore", GetPassWarning)
            return str(
                click.prompt("Password", hide_input=True, confirmation_prompt=is_new, err=True)
            )
    except click.Abort:
        if sys.stdin.isatty():
            raise  # Ctrl-C
        raise ConfigError(
            "no password was given, and there is no terminal to ask at",
            f"Give --password-file FILE, or set {PASSWORD_ENV}",
        ) from None


def run_with_chain(urls: str | tuple[str, ...], work: Callable[[Chain], Awaitable[T]]) -> T:
    """Run ``work`` against a node; refusals end the program with their reason and remedy."""
    listed = (urls,) if isinstance(urls, str) else urls

    async def main() -> T:
        async with RpcClient(*listed) as client:
            return await work(Chain(client))

    try:
        return asyncio.run(main())
    except RefusedError as error:
        fail_refused(error.refusal)
    except RpcCallError as error:
        fail(error.reason, _remedy_of(error.reason))


def fail_refused(refusal: Refusal) -> NoReturn:
    """Leave with a refusal's reason code and remedy."""
    fail(f"refused: {refusal}", refusal.remedy)


async def send_call(
    chain: Chain,
    secret: bytes,
    contract: type[Contract],
    method: str,
    *values: object,
    value: int = 0,
) -> Outcome:
    """Call a native contract in a transaction and wait for its receipt; raises as ``transact``."""
    data = encode_native(contract, method, *values)
    return await transact(chain, secret, place_of(contract), data, value, contract)


async def check_active(chain: Chain, contract: type[Contract], place: bytes | None) -> None:
    """Refuse a call of a native contract that this chain has not activated: it would do nothing.

    Raises:
        ConfigError: no contract lives at ``place``.
    """
    if place is not None and not await chain.code(place):
        raise ConfigError(
            f"{contract.name} is not active on this chain",
            "Look what is: aitbc gov versions; propose it: aitbc gov propose upgrade "
            f"{contract.name}",
        )


async def transact(
    chain: Chain,
    secret: bytes,
    to: bytes | None,
    data: bytes,
    value: int = 0,
    contract: type[Contract] | None = None,
    gas: int | None = None,
) -> Outcome:
    """Sign, send and wait until final.

    Raises:
        RefusedError: the call reverts; found before sending, or explained afterwards.
        RpcCallError: the pool refuses it.
        ConfigError: it is not final in time.
    """
    sender = secret_to_address(secret)
    if contract is not None:
        await check_active(chain, contract, to)
    if gas is None:
        gas = await chain.estimate_gas(sender, to, data, value, contract)
    signed = sign_call(
        secret,
        chain_id=await chain.chain_id(),
        nonce=await chain.nonce(sender, "pending"),
        fees=await chain.fees(),
        gas=gas,
        to=to,
        data=data,
        value=value,
    )
    await chain.broadcast(signed.encode())
    outcome = await _await_outcome(chain, signed.hash)
    if not outcome.is_success:
        await chain.eth_call(to, data, sender=sender, value=value, contract=contract)
        refusal = Refusal(
            code="Reverted",
            explanation=f"transaction 0x{signed.hash.hex()} reverted in block {outcome.height}",
            remedy="the state changed meanwhile: look at it, then send again",
        )
        raise RefusedError(refusal)
    return outcome


def print_outcome(outcome: Outcome, *, is_json: bool, **more: Any) -> None:
    """Print what a transaction did."""
    record: dict[str, Any] = {
        **more,
        "transaction": outcome.hash,
        "block": outcome.height,
        "gas used": outcome.gas_used,
        "fee wei": str(outcome.fee),
    }
    if outcome.contract_address is not None:
        record["contract"] = checksummed(outcome.contract_address)
    if not is_json:
        record["fee"] = format_ait(outcome.fee)
        del record["fee wei"]
    print_record(record, is_json=is_json)


async def _await_outcome(chain: Chain, transaction_hash: bytes) -> Outcome:
    """Poll for the receipt; a spinner on a terminal."""
    with errors.status("waiting for a final block ...") if sys.stderr.isatty() else nullcontext():
        loop = asyncio.get_running_loop()
        deadline = loop.time() + WAIT_SECONDS
        while loop.time() < deadline:
            outcome = await chain.outcome(transaction_hash)
            if outcome is not None:
                return outcome
            await asyncio.sleep(POLL_SECONDS)
    raise ConfigError(
        f"transaction 0x{transaction_hash.hex()} was sent and is not final after "
        f"{WAIT_SECONDS:g} s",
        f"Look again later: aitbc tx 0x{transaction_hash.hex()}",
    )


def _secret_from_environment(name: str) -> bytes:
    text = os.environ.get(name)
    if text is None:
        raise ConfigError(f"the environment has no {name}", f"Run: export {name}=0x...")
    try:
        secret = bytes.fromhex(text.removeprefix("0x"))
        check_secret(secret)
    except (ValueError, InvalidSignatureError) as error:
        raise ConfigError(
            f"${name} holds no private key", "It is 32 bytes in hex, with or without 0x"
        ) from error
    return secret


_REMEDIES: Final = {
    "insufficient funds": "fund the account first: aitbc account ADDRESS shows its balance",
    "nonce too low": "another transaction of this account was faster: send again",
    "nonce too high": "send the transactions before it first",
    "underpriced": "wait for the transaction before it, or offer a higher fee",
    "does not exist": "the node lacks this method: run this release's node",
}


def _remedy_of(reason: str) -> str:
    lowered = reason.lower()
    return next((remedy for text, remedy in _REMEDIES.items() if text in lowered), "")
