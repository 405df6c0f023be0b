"""aitbc guardian."""

from dataclasses import replace

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.staking.v1.contract import Staking
from primitives.abi import selector
from primitives.keys import secret_to_address
from primitives.types import WEI_PER_AIT
from rpc.formats import checksummed
from tests.unit.contracts.guardian_world import TOKEN, Token
from tests.unit.contracts.staking_world import key_address

AIT = WEI_PER_AIT
OWNER, AGENT, G1, G2, G3, KEY, SHOP, HEIR = (
    checksummed(secret_to_address(bytes.fromhex(secret))) for secret in DEV_SECRETS[:8]
)
BY = [("--dev-account", str(number)) for number in range(10)]
BY_OWNER, BY_AGENT, BY_G1, BY_G2, BY_G3, BY_KEY, BY_SHOP, BY_HEIR = BY[:8]
GUARDIANS = ("--guardian", G1, "--guardian", G2, "--guardian", G3)
HOUR, DAY = 3_600, 86_400
VALIDATOR = checksummed(key_address(1))
TOKEN_TEXT = checksummed(TOKEN)
HASH = "0x" + "ab" * 32


@pytest.fixture
def vault(line):
    """A conservative vault with 1,000 AIT."""
    words = ("guardian", "vault", "create", "--preset", "conservative", "--agent", AGENT)
    address = line.json(*words, *GUARDIANS, *BY_OWNER)["vault"]
    line.done("guardian", "deposit", address, "1000", *BY_OWNER)
    return address


def later(double, seconds: int) -> None:
    """Let time pass, in as many blocks as deadlines want."""
    block = double.chain.block
    time_ms = block.time_ms + 1000 * seconds
    height = block.height + seconds
    double.chain.block = replace(block, height=height, time_ms=time_ms, timestamp=time_ms // 1000)


# --- vaults -----------------------------------------------------------------------------------


def test_a_vault_is_made_from_a_preset_and_shown(line, vault):
    shown = line.json("guardian", "vault", "show", vault)
    assert shown["balance"] == str(1_000 * AIT)
    assert (shown["owner"], shown["agent"]) == (OWNER, AGENT)
    assert shown["guardians"] == [G1, G2, G3]
    assert (shown["time_lock"], shown["waits_from"]) == (DAY, str(80 * AIT))
    text = line.done("guardian", "vault", "show", vault).stdout
    assert "1 d" in text
    assert "80 AIT" in text


def test_a_vault_is_made_with_limits_of_its_own(line):
    limits = ("--per-transaction", "1", "--per-hour", "2", "--per-day", "3", "--per-week", "4")
    words = ("guardian", "vault", "create", *GUARDIANS, *limits, "--wait-from", "0.5")
    record = line.json(*words, "--time-lock", "2h", "--salt", "second", *BY_OWNER)
    rows = line.json("guardian", "limits", record["vault"])
    assert [row["limit"] for row in rows] == [str(n * AIT) for n in (1, 2, 3, 4)]
    found = line.json("guardian", "vault", "address", OWNER, "--salt", "second")
    assert found["vault"] == record["vault"]
    words = ("guardian", "vault", "address", OWNER)
    assert OWNER in line.done(*words).stdout
    assert record["vault"] in line.done("guardian", "vault", "list").stdout


def test_a_vault_needs_a_preset_or_all_limits(line):
    words = ("guardian", "vault", "create", *GUARDIANS)
    for more in (
        (),
        ("--preset", "conservative", "--per-day", "1"),
        ("--per-day", "1"),
        ("--per-day", "1", "--time-lock", "2h"),
        ("--preset", "generous"),
    ):
        line.usage(*words, *more, *BY_OWNER)


def test_refusals_of_creation_have_remedies(line, vault):
    words = ("guardian", "vault", "create", "--preset", "conservative")
    text = line.problem(*words, *GUARDIANS, *BY_OWNER)
    assert "AddressTaken" in text
    assert "--salt" in text
    text = line.problem(*words, "--guardian", G1, "--salt", "x", *BY_OWNER)
    assert "BadGuardianCount(minimum=3, maximum=15)" in text


def test_vaults_are_listed_by_role(line, vault):
    assert line.json("guardian", "vault", "list")[0]["vault"] == vault
    (row,) = line.json("guardian", "vault", "list", "--account", G2)
    assert row["role"] == "guardian"
    assert "1,000 AIT" in line.done("guardian", "vault", "list").stdout
    assert line.json("guardian", "vault", "list", "--account", HEIR) == []
    assert "vault create" in line.done("guardian", "vault", "list", "--account", HEIR).stdout
    assert line.json("guardian", "role", vault, AGENT)["role"] == "agent"
    assert "owner" in line.done("guardian", "role", vault, OWNER).stdout


def test_money_is_not_sent_where_no_vault_stands(line):
    for words in (("deposit", SHOP, "1", *BY_OWNER), ("vault", "show", SHOP), ("limits", SHOP)):
        text = line.problem("guardian", *words)
        assert "no vault stands" in text
        assert "aitbc guardian vault list" in text


# --- operations -------------------------------------------------------------------------------


def test_a_small_payment_runs_at_once(line, double, vault):
    before = double.chain.balances[bytes.fromhex(SHOP[2:])]
    record = line.json("guardian", "transfer", vault, SHOP, "5", *BY_AGENT)
    assert record["operation"] == "done at once"
    assert double.chain.balances[bytes.fromhex(SHOP[2:])] == before + 5 * AIT
    rows = line.json("guardian", "limits", vault)
    assert [row["spent"] for row in rows] == [None, *[str(5 * AIT)] * 3]
    assert "495 AIT" in line.done("guardian", "limits", vault).stdout


def test_a_large_payment_waits_and_is_executed_by_anybody(line, double, vault):
    record = line.json("guardian", "transfer", vault, SHOP, "90", *BY_AGENT)
    assert (record["operation"], record["then"]) == (1, "aitbc guardian execute 1")
    (row,) = line.json("guardian", "operations", vault)
    assert (row["status"], row["value"]) == ("waits", str(90 * AIT))
    text = line.done("guardian", "operations", vault).stdout
    assert f"transfer to {SHOP}" in text
    assert "(in " in text
    text = line.problem("guardian", "execute", "1", *BY_SHOP)
    assert "NotReady" in text
    assert "aitbc guardian operations" in text
    later(double, DAY)
    assert line.json("guardian", "operations", vault)[0]["status"] == "ready"
    line.done("guardian", "execute", "1", *BY_SHOP)
    assert line.json("guardian", "operations", vault) == []
    (row,) = line.json("guardian", "operations", vault, "--all")
    assert (row["status"], row["ready"]) == ("executed", None)
    assert "WrongStatus" in line.problem("guardian", "execute", "1", *BY_SHOP)


def test_a_preview_sends_nothing(line, double, vault):
    count = len(double.executed)
    words = ("guardian", "transfer", vault, SHOP)
    assert line.json(*words, "5", "--preview", *BY_AGENT)["would"] == "run at once"
    assert "wait" in line.done(*words, "90", "--preview", *BY_AGENT).stdout
    assert len(double.executed) == count


def test_limits_and_rights_are_explained(line, vault):
    text = line.problem("guardian", "transfer", vault, SHOP, "101", *BY_AGENT)
    assert "LimitExceeded" in text
    assert "send less" in text
    text = line.problem("guardian", "transfer", vault, SHOP, "1", *BY_SHOP)
    assert "NotInitiator" in text
    line.usage("guardian", "transfer", vault, SHOP, "much", *BY_AGENT)


def test_a_native_method_is_called_by_name_and_shown_in_words(line, double, vault):
    words = ("guardian", "call", vault, "staking", "delegate", VALIDATOR, "--value", "3")
    assert line.json(*words, *BY_AGENT)["operation"] == 1
    assert "Staking.delegate(validator=" in line.done("guardian", "operations", vault).stdout
    shown = line.json("guardian", "operation", "1")
    assert shown["initiator"] == AGENT
    later(double, DAY)
    line.done("guardian", "execute", "1", *BY_OWNER)
    assert line.json("staking", "delegations", vault)[0]["worth"] == str(3 * AIT)


def test_tokens_are_counted_in_their_smallest_units(line, double, vault):
    double.chain.foreign[TOKEN] = Token()
    words = ("guardian", "transfer", vault, SHOP)
    assert line.json(*words, "7", "--token", TOKEN_TEXT, *BY_AGENT)["operation"] == 1
    line.usage(*words, "1.5", "--token", TOKEN_TEXT, *BY_AGENT)
    assert "transfer" not in line.json("guardian", "operation", "1")["what"].split()[0]


def test_calldata_in_hex_is_sent_as_it_is(line, vault):
    line.done("guardian", "call", vault, SHOP, "0x12345678", *BY_AGENT)
    assert line.json("guardian", "operation", "1")["data"] == "0x12345678"
    line.usage("guardian", "call", vault, SHOP, "0x12345678", "more", *BY_AGENT)


def test_a_guardian_cancels(line, vault):
    line.done("guardian", "transfer", vault, SHOP, "90", *BY_AGENT)
    assert "NotOwnerOrGuardian" in line.problem("guardian", "cancel", "1", *BY_AGENT)
    line.json("guardian", "cancel", "1", *BY_G1)
    assert "cancelled" in line.done("guardian", "operation", "1").stdout


def test_what_nobody_executed_expires(line, double, vault):
    line.done("guardian", "transfer", vault, SHOP, "90", *BY_AGENT)
    text = line.problem("guardian", "expire", "1", *BY_SHOP)
    assert "NotTooLate" in text
    later(double, 16 * DAY)
    assert "TooLate" in line.problem("guardian", "execute", "1", *BY_SHOP)
    line.json("guardian", "expire", "1", *BY_SHOP)
    assert line.json("guardian", "operation", "1")["status"] == "expired"


def test_hashes_are_approved_and_revoked(line, double, vault):
    record = line.json("guardian", "approve-hash", vault, HASH, "2", *BY_AGENT)
    assert (record["asset"], record["at_most"]) == ("AIT", str(2 * AIT))
    assert f"approve hash {HASH}" in line.done("guardian", "operations", vault).stdout
    assert line.json("guardian", "approved", vault, HASH)["signed"] is False
    later(double, DAY)
    line.done("guardian", "execute", "1", *BY_OWNER)
    found = line.json("guardian", "approved", vault, HASH)
    assert (found["signed"], found["answer"]) == (True, "0x1626ba7e")
    line.json("guardian", "revoke-hash", vault, HASH, *BY_G1)
    assert "no" in line.done("guardian", "approved", vault, HASH).stdout
    assert "UnknownHash" in line.problem("guardian", "revoke-hash", vault, HASH, *BY_G1)


def test_what_is_not_there_is_said_to_be_unknown(line):
    assert "no operation 7" in line.problem("guardian", "operation", "7")
    assert "no change 7" in line.problem("guardian", "change", "show", "7")


# --- rules ------------------------------------------------------------------------------------


def test_cuts_act_at_once_and_rises_wait(line, double, vault):
    words = ("guardian", "set-limits", vault, "--per-day")
    assert line.json(*words, "1000", *BY_OWNER)["change"] == "in force at once"
    assert line.json(*words, "3000", *BY_OWNER)["change"] == 1
    assert "3,000 AIT" in line.done("guardian", "changes", vault).stdout
    later(double, DAY)
    line.done("guardian", "change", "execute", "1", *BY_SHOP)
    limits = [row["limit"] for row in line.json("guardian", "limits", vault)]
    assert limits == [str(n * AIT) for n in (100, 500, 3_000, 10_000)]
    line.usage("guardian", "set-limits", vault, *BY_OWNER)
    assert "NotOwner" in line.problem(*words, "1", *BY_AGENT)


def test_first_limits_of_a_token_are_given_whole(line, double, vault):
    asset = ("guardian", "set-limits", vault, "--asset", TOKEN_TEXT)
    line.usage(*asset, "--per-day", "5", *BY_OWNER)
    windows = ("--per-transaction", "1", "--per-hour", "2", "--per-day", "3", "--per-week", "4")
    line.done(*asset, *windows, "--wait-from", "1", *BY_OWNER)
    later(double, DAY)
    line.done("guardian", "change", "execute", "1", *BY_OWNER)
    rows = line.json("guardian", "limits", vault)
    assert [row["limit"] for row in rows if row["asset"] == TOKEN_TEXT] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("set-lock", "2h"), "time lock: 2 h"),
        (("set-agent", HEIR), f"agent: {HEIR}"),
        (("rotate", G2, G3, HEIR), f"guardians: {G2}, {G3}, {HEIR}"),
        (("allow", "staking", "delegate", "--value-max", "9"), "staking.delegate with 9 AIT"),
        (("allow", SHOP, "buy(uint256)", "--tokens-max", "5"), "and 5 tokens"),
        (
            ("session-key", "add", KEY, "--for", "7d", "--spend", "AIT=1/5/20/50"),
            f"session key {KEY} for 7 d, may spend AIT",
        ),
    ],
)
def test_what_loosens_a_rule_waits_and_is_told_in_words(line, double, vault, words, shown):
    place = 2 if words[0] == "session-key" else 1
    line.json("guardian", *words[:place], vault, *words[place:], *BY_OWNER)
    assert line.json("guardian", "change", "show", "1")["what"].endswith(shown)
    assert shown.split()[0] in line.done("guardian", "change", "show", "1").stdout
    line.done("guardian", "change", "cancel", "1", *BY_G2)
    assert line.json("guardian", "changes", vault) == []
    assert line.json("guardian", "changes", vault, "--all")[0]["status"] == "cancelled"


def test_what_tightens_a_rule_acts_at_once(line, vault):
    assert (
        line.json("guardian", "set-lock", vault, "48h", *BY_OWNER)["change"] == "in force at once"
    )
    line.done("guardian", "set-agent", vault, "none", *BY_OWNER)
    shown = line.json("guardian", "vault", "show", vault)
    assert (shown["agent"], shown["time_lock"]) == (None, 2 * DAY)


def test_the_allowlist_is_shown_and_cut(line, double, vault):
    line.done("guardian", "allow", vault, "staking", "delegate", "--value-max", "9", *BY_OWNER)
    later(double, DAY)
    line.done("guardian", "change", "execute", "1", *BY_OWNER)
    found = line.json("guardian", "allowed", vault, "staking", "delegate")
    assert (found["allowed"], found["AIT_at_most"]) == (True, str(9 * AIT))
    name = "0x" + selector("delegate(address)").hex()
    assert "yes" in line.done("guardian", "allowed", vault, "staking", name).stdout
    words = ("guardian", "call", vault, "staking", "delegate", VALIDATOR, "--value", "3")
    assert line.json(*words, *BY_AGENT)["operation"] == "done at once"
    line.json("guardian", "disallow", vault, "staking", "delegate(address)", *BY_OWNER)
    text = line.problem("guardian", "disallow", vault, "staking", "delegate", *BY_OWNER)
    assert "UnknownRule" in text
    line.usage("guardian", "allow", vault, SHOP, "buy", *BY_OWNER)
    assert Staking.methods[selector("delegate(address)")].name == "delegate"


def test_a_session_key_pays_until_it_ends(line, double, vault):
    words = ("guardian", "session-key", "add", vault, KEY, "--for", "7d")
    line.done(*words, "--spend", "AIT=1/5/20/50", *BY_OWNER)
    text = line.problem("guardian", "session-key", "show", vault, KEY)
    assert "no session key" in text
    later(double, DAY)
    line.done("guardian", "change", "execute", "1", *BY_OWNER)
    line.done("guardian", "transfer", vault, SHOP, "1", *BY_KEY)
    assert "LimitExceeded" in line.problem("guardian", "transfer", vault, SHOP, "2", *BY_KEY)
    shown = line.json("guardian", "session-key", "show", vault, KEY)
    assert shown["live"] is True
    assert shown["ends"] == shown["added"] + 7 * DAY
    assert "ends" in line.done("guardian", "session-key", "show", vault, KEY).stdout
    rows = line.json("guardian", "limits", vault, "--session-key", KEY)
    assert [row["limit"] for row in rows] == [str(n * AIT) for n in (1, 5, 20, 50)]
    line.json("guardian", "session-key", "remove", vault, KEY, *BY_OWNER)
    assert "UnknownSessionKey" in line.problem(
        "guardian", "session-key", "remove", vault, KEY, *BY_OWNER
    )
    line.usage(*words, "--spend", "AIT=1/5", *BY_OWNER)


def test_changes_that_nobody_executed_expire(line, double, vault):
    line.done("guardian", "set-agent", vault, HEIR, *BY_OWNER)
    assert "NotTooLate" in line.problem("guardian", "change", "expire", "1", *BY_SHOP)
    later(double, 16 * DAY)
    line.json("guardian", "change", "expire", "1", *BY_SHOP)


# --- guardians --------------------------------------------------------------------------------


def test_guardians_pause_confirm_and_unpause(line, vault):
    line.done("guardian", "pause", vault, *BY_G1)
    assert line.json("guardian", "vault", "show", vault)["paused_by"] == G1
    text = line.problem("guardian", "transfer", vault, SHOP, "1", *BY_AGENT)
    assert "VaultPaused" in text
    assert "unpause" in text
    record = line.json("guardian", "confirm-pause", vault, *BY_G2)
    assert record["pause"] == "confirmed by a majority"
    assert "pause confirmed" in line.done("guardian", "vault", "show", vault).stdout
    assert "goes on" in line.json("guardian", "unpause", vault, *BY_G2)["pause"]
    assert "ended" in line.done("guardian", "unpause", vault, *BY_G3).stdout
    assert "NotPaused" in line.problem("guardian", "unpause", vault, *BY_G3)
    assert "PauseTooSoon" in line.problem("guardian", "pause", vault, *BY_G1)
    assert "NotGuardian" in line.problem("guardian", "pause", vault, *BY_OWNER)


def test_guardians_give_the_vault_a_new_owner(line, double, vault):
    first = line.json("guardian", "recover", "support", vault, HEIR, *BY_G1)
    assert first["recovery"] == "not pending; it needs 2 guardians"
    second = line.json("guardian", "recover", "support", vault, HEIR, *BY_G2)
    assert (second["recovery_to"], second["support"]) == (HEIR, "2, 2 are needed")
    shown = line.json("guardian", "recover", "show", vault)
    assert [row["supports"] for row in shown["guardians"]] == [HEIR, HEIR, None]
    assert f"supports {HEIR}" in line.done("guardian", "recover", "show", vault).stdout
    assert "NotReady" in line.problem("guardian", "recover", "execute", vault, *BY_SHOP)
    later(double, 2 * DAY)
    line.json("guardian", "recover", "execute", vault, *BY_SHOP)
    assert line.json("guardian", "vault", "show", vault)["owner"] == HEIR


def test_the_owner_objects_and_what_waited_waits_anew(line, double, vault):
    line.done("guardian", "transfer", vault, SHOP, "90", *BY_AGENT)
    for guardian in (BY_G1, BY_G2):
        line.done("guardian", "recover", "support", vault, HEIR, *guardian)
    later(double, DAY)
    text = line.problem("guardian", "execute", "1", *BY_SHOP)
    assert "RecoveryPending" in text
    assert "aitbc guardian recover show" in text
    assert line.json("guardian", "recover", "object", vault, *BY_OWNER)["recovery"] == "has ended"
    assert line.json("guardian", "operations", vault)[0]["status"] == "still waits"
    assert "NoRecovery" in line.problem("guardian", "recover", "object", vault, *BY_OWNER)


def test_a_guardian_takes_its_support_back(line, vault):
    for guardian in (BY_G1, BY_G2):
        line.done("guardian", "recover", "support", vault, HEIR, *guardian)
    record = line.json("guardian", "recover", "withdraw", vault, *BY_G2)
    assert record["recovery"].startswith("not pending")
