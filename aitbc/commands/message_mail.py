"""Letters in ``aitbc message``: sealed to the reader's key, opened with the account's secret."""

from pathlib import Path
from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, text_argument
from aitbc.commands.message_forum import fee_for
from aitbc.native import Fields, Reader, Sender, VerbGroup, event_of, reading, sending
from aitbc.output import Wei, When, clean_text, console, fail
from aitbc.signing import send_call
from contracts.framework.messages import message_codec
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v1.mailbox import HASH_BYTES
from contracts.messaging.v1.messages import (
    KeyInfo,
    LetterInfo,
    LetterKind,
    SealedMessage,
    SealedPointer,
)
from contracts.places import MESSAGING_ADDRESS
from miner.chain import Chain, Outcome
from miner.native_calls import decode_event
from node.files import write_atomically
from primitives.errors import ConfigError
from primitives.keccak import keccak256
from primitives.keys import secret_to_address
from rpc.formats import checksummed
from wallet.sealing import mailbox_key, open_sealed, seal

PAYLOAD_BYTES_MAX: Final = 64 << 20
PUBLIC_MODE: Final = 0o644
NUMBER: Final = click.IntRange(min=0)


@click.group("key", cls=VerbGroup)
def key() -> None:
    """The key to which letters for an account are sealed."""


@key.command("register")
@sending
def key_register(sender: Sender) -> None:
    """Let others write letters to the signer; the key derives from the account's own secret."""
    public = mailbox_key(sender.secret)
    sender.send(Messaging, "registerKey", public, tell=lambda _: {"key": public})


@key.command("show")
@click.argument("account", type=ADDRESS)
@reading
def key_show(account: bytes, node: Reader) -> None:
    """Show an account's key, and since when it is registered."""

    async def ask(chain: Chain) -> tuple[KeyInfo, int]:
        return await chain.view(Messaging, "keyOf", account), (await chain.head()).timestamp

    found, now = node.ask(ask)
    _check_key(found, account)
    node.record(
        {
            "account": checksummed(account),
            "key": found.public_key,
            "registered": When(found.registered_at, now),
            "block": found.registered_height,
            "number": found.number,
        }
    )


@click.command("send")
@click.argument("to", type=ADDRESS)
@click.option("--uri", help="Keep the payload off chain, at this address; needs --out.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File for --uri.")
@text_argument
@sending
def send(to: bytes, uri: str | None, out: Path | None, text: str, sender: Sender) -> None:
    """Send a letter that only its addressee reads.

    It is sealed on this machine; the chain shows who wrote to whom and when. What does not fit on
    chain (about 4,000 bytes) goes off chain: --out gets the sealed payload, which you publish
    at --uri; the chain keeps its hash.
    """
    if (uri is None) != (out is None):
        raise click.UsageError("--uri and --out belong together")

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        longest = PAYLOAD_BYTES_MAX
        if uri is None:
            longest = await chain.view(Messaging, "parameter", "sealedBytesMax")
        payload = await _seal(chain, secret, to, text, longest)
        if uri is None or out is None:
            return await _send_payload(chain, secret, to, payload)
        write_atomically(out, payload, PUBLIC_MODE)
        fee = await fee_for(chain, bytes(HASH_BYTES), uri)
        values = (to, keccak256(payload), uri)
        outcome = await send_call(chain, secret, Messaging, "sendSealedHash", *values, value=fee)
        event = event_of(outcome, Messaging, SealedPointer)
        letter = {"to": checksummed(to), "letter": event["number"], "burnt": Wei(fee)}
        return outcome, {**letter, "publish": str(out), "at": uri}

    sender.run(act)


@click.command("inbox")
@click.argument("account", type=ADDRESS)
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--before", type=NUMBER, help="Letters of lower numbers; default: the newest.")
@reading
def inbox(account: bytes, limit: int, before: int | None, node: Reader) -> None:
    """List letters to an account, the newest first; open one with: aitbc message read."""

    async def ask(chain: Chain) -> tuple[list[LetterInfo], int]:
        total = (await chain.view(Messaging, "account", account)).letters
        end = total if before is None else min(before, total)
        start = max(0, end - limit)
        rows, _ = await chain.view(Messaging, "inbox", account, start, end - start)
        return list(reversed(rows)), (await chain.head()).timestamp

    rows, now = node.ask(ask)
    shown = [
        {
            "letter": row.number,
            "from": checksummed(row.sender),
            "sent": When(row.sent_at, now),
            "payload": LetterKind(row.kind).name.lower().replace("_", " "),
            "block": row.sent_height,
            "hash": row.content_hash,
        }
        for row in rows
    ]
    node.rows(shown, empty="no letters")


@click.command("read")
@click.argument("number", metavar="LETTER", type=NUMBER)
@click.option(
    "--payload",
    "payload_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The sealed payload of a letter off chain, as it was downloaded.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the text here.")
@sending
def read(number: int, payload_file: Path | None, out: Path | None, sender: Sender) -> None:
    """Open a letter of the signer's inbox; nothing is sent."""
    secret = sender.secret

    async def ask(chain: Chain) -> tuple[LetterInfo, Fields, int, int]:
        account = secret_to_address(secret)
        rows, _ = await chain.view(Messaging, "inbox", account, number, 1)
        if not rows:
            raise ConfigError(
                f"there is no letter {number} for {checksummed(account)}",
                f"List them: aitbc message inbox {checksummed(account)}",
            )
        fields = await _letter_log(chain, account, rows[0])
        return rows[0], fields, await chain.chain_id(), (await chain.head()).timestamp

    letter, fields, chain_id, now = sender.ask(ask)
    payload = _payload(letter, fields, payload_file)
    text = open_sealed(
        payload,
        secret=secret,
        sender=letter.sender,
        recipient=secret_to_address(secret),
        chain_id=chain_id,
    )
    record = {
        "letter": letter.number,
        "from": checksummed(letter.sender),
        "sent": When(letter.sent_at, now),
    }
    if out is not None:
        write_atomically(out, text)
        sender.record({**record, "written to": str(out)})
        return
    shown = _readable(text)
    if sender.is_json:
        sender.record({**record, "text": shown, "data": None if shown is not None else text})
        return
    sender.record(record)
    if shown is None:
        fail(f"the letter is {len(text)} bytes that are no text", "write them to a file with --out")
    console.print()
    console.print(clean_text(shown), markup=False, soft_wrap=True)


COMMANDS: Final = (key, send, inbox, read)


async def _seal(chain: Chain, secret: bytes, to: bytes, text: str, longest: int) -> bytes:
    found = await chain.view(Messaging, "keyOf", to)
    _check_key(found, to)
    return seal(
        text.encode(),
        recipient_key=found.public_key,
        sender=secret_to_address(secret),
        recipient=to,
        chain_id=await chain.chain_id(),
        sealed_bytes_max=longest,
    )


async def _send_payload(
    chain: Chain, secret: bytes, to: bytes, payload: bytes
) -> tuple[Outcome, Fields]:
    fee = await fee_for(chain, payload)
    outcome = await send_call(chain, secret, Messaging, "sendSealed", to, payload, value=fee)
    event = event_of(outcome, Messaging, SealedMessage)
    return outcome, {"to": checksummed(to), "letter": event["number"], "burnt": Wei(fee)}


async def _letter_log(chain: Chain, account: bytes, letter: LetterInfo) -> Fields:
    """Return the fields of the event that carries a letter.

    Raises:
        ConfigError: the node does not have the block's logs.
    """
    event = SealedMessage if letter.kind == LetterKind.ON_CHAIN else SealedPointer
    topics = [message_codec(event).hash, letter.sender.rjust(32, b"\0"), account.rjust(32, b"\0")]
    height = hex(letter.sent_height)
    query = {
        "address": "0x" + MESSAGING_ADDRESS.hex(),
        "fromBlock": height,
        "toBlock": height,
        "topics": ["0x" + topic.hex() for topic in topics],
    }
    for log in await chain.rpc.call("eth_getLogs", query):
        found = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
        fields = decode_event(event, found, bytes.fromhex(log["data"][2:]))
        if fields is not None and fields["number"] == letter.number:
            return fields
    raise ConfigError(
        f"the node has no logs of block {letter.sent_height}, where the letter lies",
        "Ask a node that keeps older blocks, with --rpc",
    )


def _payload(letter: LetterInfo, fields: dict[str, Any], file: Path | None) -> bytes:
    """Return the sealed payload from the log, or from a file that matches the hash on chain."""
    if letter.kind == LetterKind.ON_CHAIN:
        return bytes(fields["payload"])
    if file is None:
        raise ConfigError(
            f"the letter lies off chain at {clean_text(fields['uri'])}",
            "Download it, then add: --payload FILE",
        )
    with file.open("rb") as source:
        payload = source.read(PAYLOAD_BYTES_MAX + 1)
    if keccak256(payload) != letter.content_hash:
        raise ConfigError(
            f"{file} is not what the sender sealed", "Download it again, or ask the sender"
        )
    return payload


def _readable(text: bytes) -> str | None:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


def _check_key(found: KeyInfo, account: bytes) -> None:
    if not any(found.public_key):
        raise ConfigError(
            f"{checksummed(account)} has registered no key, so nothing can be sealed to it",
            "Its owner runs: aitbc message key register",
        )
