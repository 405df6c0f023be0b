"""Every command that sends prints its transaction, to people and to programs."""

from dataclasses import replace

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.slashing import jail
from node.home import save_validator_key
from primitives.keys import public_key, public_key_to_address, secret_to_address
from primitives.vote import VoteKind
from rpc.formats import checksummed
from tests.unit.aitbc.test_staking import VALIDATOR, evidence_file, signed_vote
from tests.unit.contracts.messaging_world import V1, V2, grant, migrate
from tests.unit.contracts.staking_world import key_address, statement

A, B, C, D, E, F = (
    checksummed(secret_to_address(bytes.fromhex(secret))) for secret in DEV_SECRETS[:6]
)
KEY_SECRET = b"\x5a" * 32
OWN = checksummed(public_key_to_address(public_key(KEY_SECRET)))
SECOND = checksummed(key_address(2))
HASH = "0x" + "ab" * 32

DELEGATE = f"0 staking delegate {VALIDATOR} 25"
UNDELEGATE = f"0 staking undelegate {VALIDATOR} --all"
REGISTER = "0 staking register --validator-key KEY_FILE"
TOPIC = "0 message topic open T"
QUESTION = "1 message ask 1 why"
ANSWER = "2 message answer 1 so"
MAILBOX = "1 message key register"
CREATE = "0 guardian vault create --preset conservative"
CREATE += f" --guardian {C} --guardian {D} --guardian {E} --agent {B}"
FUND = "0 guardian deposit VAULT 1000"
QUEUE = f"1 guardian transfer VAULT {F} 90"
CHANGE = f"0 guardian set-agent VAULT {F}"
ALLOW = "0 guardian allow VAULT staking delegate"
SESSION = f"0 guardian session-key add VAULT {F} --for 7d"
SUPPORT = (f"2 guardian recover support VAULT {F}", f"3 guardian recover support VAULT {F}")
OPEN = (TOPIC, QUESTION, ANSWER)
VAULT = (CREATE, FUND)

COMMANDS = [
    (DELEGATE,),
    (DELEGATE, UNDELEGATE),
    (DELEGATE, f"0 staking redelegate {VALIDATOR} {SECOND} 5"),
    (DELEGATE, UNDELEGATE, "mine 900", "0 staking withdraw"),
    (DELEGATE, f"0 staking withdraw-rewards {VALIDATOR}"),
    (DELEGATE, f"0 staking compound {VALIDATOR}"),
    (REGISTER,),
    (REGISTER, "0 staking edit --name other"),
    (REGISTER, "0 staking withdraw-commission"),
    (REGISTER, f"0 staking undelegate {OWN} 1", f"0 staking delegate {OWN} 1", "0 staking join"),
    (REGISTER, "jail", "later 86400", "0 staking unjail"),
    ("mine 4", "0 staking heartbeat VOTE_FILE"),
    ("mine 4", "0 staking report EVIDENCE_FILE"),
    (TOPIC,),
    (TOPIC, "0 message post 1 words"),
    (TOPIC, QUESTION),
    (*OPEN,),
    (*OPEN, "0 message reply 1 hm"),
    (*OPEN, "1 message edit 1 how"),
    (*OPEN, "1 message delete 1"),
    (*OPEN, "1 message vote 2 up"),
    (*OPEN, "upgrade", "1 message accept 2"),
    (*OPEN, "upgrade", "1 message accept 2", "1 message unaccept 1"),
    (*OPEN, "0 message hide 2"),
    (*OPEN, "0 message hide 2", "0 message unhide 2"),
    (*OPEN, "0 message pin 2"),
    (*OPEN, "0 message pin 2", "0 message unpin 2"),
    (TOPIC, "moderator", "3 message topic pin 1"),
    (TOPIC, "moderator", "3 message topic pin 1", "3 message topic unpin 1"),
    (TOPIC, "moderator", "3 message topic hide 1"),
    (TOPIC, "moderator", "3 message topic hide 1", "3 message topic unhide 1"),
    (TOPIC, "0 message topic lock 1"),
    (TOPIC, "0 message topic lock 1", "0 message topic unlock 1"),
    (TOPIC, f"0 message moderator grant 1 {B}"),
    (TOPIC, f"0 message moderator grant 1 {B}", f"0 message moderator revoke 1 {B}"),
    (TOPIC, f"0 message ban {B} --topic 1 --for 2h"),
    (TOPIC, f"0 message ban {B} --topic 1 --permanent", f"0 message unban {B} --topic 1"),
    (MAILBOX,),
    (MAILBOX, f"0 message send {B} hello"),
    (CREATE,),
    VAULT,
    (*VAULT, f"1 guardian transfer VAULT {F} 5"),
    (*VAULT, f"1 guardian call VAULT staking delegate {VALIDATOR} --value 2"),
    (*VAULT, QUEUE, "later 86400", "5 guardian execute 1"),
    (*VAULT, QUEUE, "0 guardian cancel 1"),
    (*VAULT, QUEUE, "later 2000000", "5 guardian expire 1"),
    (*VAULT, f"1 guardian approve-hash VAULT {HASH} 2"),
    (
        *VAULT,
        f"1 guardian approve-hash VAULT {HASH} 2",
        "later 86400",
        "5 guardian execute 1",
        f"0 guardian revoke-hash VAULT {HASH}",
    ),
    (CREATE, "0 guardian set-limits VAULT --per-day 1500"),
    (CREATE, "0 guardian set-lock VAULT 48h"),
    (CREATE, CHANGE),
    (CREATE, f"0 guardian rotate VAULT {D} {E} {F}"),
    (CREATE, ALLOW),
    (CREATE, ALLOW, "later 86400", "0 guardian change execute 1"),
    (
        CREATE,
        ALLOW,
        "later 86400",
        "0 guardian change execute 1",
        "0 guardian disallow VAULT staking delegate",
    ),
    (CREATE, SESSION),
    (
        CREATE,
        SESSION,
        "later 86400",
        "0 guardian change execute 1",
        f"0 guardian session-key remove VAULT {F}",
    ),
    (CREATE, CHANGE, "2 guardian change cancel 1"),
    (CREATE, CHANGE, "later 2000000", "5 guardian change expire 1"),
    (CREATE, "2 guardian pause VAULT"),
    (CREATE, "2 guardian pause VAULT", "3 guardian confirm-pause VAULT"),
    (CREATE, "2 guardian pause VAULT", "3 guardian unpause VAULT"),
    (CREATE, SUPPORT[0]),
    (CREATE, *SUPPORT, "3 guardian recover withdraw VAULT"),
    (CREATE, *SUPPORT, "0 guardian recover object VAULT"),
    (CREATE, *SUPPORT, "later 172800", "5 guardian recover execute VAULT"),
]


class Story:
    """Plays lines such as ``0 staking withdraw``: the number is the development account."""

    def __init__(self, line, double, folder) -> None:
        self.line = line
        self.double = double
        save_validator_key(folder / "key.json", KEY_SECRET)
        vote = folder / "vote"
        vote.write_text("0x" + signed_vote(1, statement(VoteKind.FINALIZE)).encode().hex())
        votes = (signed_vote(1, statement(VoteKind.NOTARIZE, block=n)) for n in (1, 2))
        self.words = {
            "KEY_FILE": str(folder / "key.json"),
            "VOTE_FILE": str(vote),
            "EVIDENCE_FILE": evidence_file(folder, *votes),
        }

    def play(self, text: str) -> None:
        first, *rest = text.split()
        if first == "mine":
            self.double.mine(int(rest[0]))
        elif first == "later":
            self.wait(int(rest[0]))
        elif first == "upgrade":
            assert migrate(self.double.chain, V1, V2)
        elif first == "moderator":
            grant(self.double.chain, bytes.fromhex(D[2:]))
        elif first == "jail":
            staking = Staking(self.double.chain.hook(STAKING_ADDRESS))
            address = bytes.fromhex(OWN[2:])
            jail(staking, address, staking.records[address], is_for_ever=False)
        else:
            record = self.line.json(*self.typed(text))
            if "vault" in record:
                self.words["VAULT"] = record["vault"]

    def typed(self, text: str) -> list[str]:
        number, *words = text.split()
        return [*(self.words.get(word, word) for word in words), "--dev-account", number]

    def wait(self, seconds: int) -> None:
        block = self.double.chain.block
        ms = block.time_ms + 1000 * seconds
        height = block.height + seconds
        self.double.chain.block = replace(block, height=height, time_ms=ms, timestamp=ms // 1000)


def _id(lines) -> str:
    return " ".join(lines[-1].split()[1:4])


@pytest.mark.parametrize("lines", COMMANDS, ids=map(_id, COMMANDS))
@pytest.mark.parametrize("is_json", [False, True], ids=["people", "json"])
def test_sending_prints_the_transaction(line, double, tmp_path, lines, is_json):
    story = Story(line, double, tmp_path)
    for text in lines[:-1]:
        story.play(text)
    typed = story.typed(lines[-1])
    if is_json:
        record = line.json(*typed)
        found = record["transaction"]
        assert int(record["fee_wei"]) > 0
        assert all(" " not in key for key in record)
    else:
        text = line.done(*typed).stdout
        (found,) = [words.split()[1] for words in text.splitlines() if words[:11] == "transaction"]
        assert "AIT" in text
    tx, is_success = double.executed[-1]
    assert is_success
    assert found == "0x" + tx.hash.hex()
