"""aitbc genesis."""

import json

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.system import genesis_parameters
from node.home import save_validator_key
from primitives.errors import ConfigError
from primitives.genesis import decode_genesis, encode_genesis
from primitives.keys import public_key, secret_to_address
from rpc.formats import checksummed

OPERATOR = checksummed(secret_to_address(bytes.fromhex(DEV_SECRETS[0])))
KEY = public_key(b"\x33" * 32)


def made(line, tmp_path, *words) -> str:
    file = str(tmp_path / "genesis.json")
    line.done("genesis", "new", file, "--chain-id", "77", "--time", "1000", *words)
    return file


def test_file_is_built_up_and_becomes_valid(line, tmp_path):
    file = made(line, tmp_path, "--block-time", "250")
    assert "names no validators" in line.problem("genesis", "validate", file)
    words = ("genesis", "add-validator", file, "--public-key", "0x" + KEY.hex())
    line.done(*words, "--operator", OPERATOR, "--stake", "5000", "--name", "one")
    line.done("genesis", "add-account", file, OPERATOR, "12.5")
    found = decode_genesis((tmp_path / "genesis.json").read_bytes())
    assert (found.chain_id, found.time_ms, found.parameters.block_time_ms) == (77, 1000, 250)
    assert found.validators[0].public_key == KEY
    record = line.json("genesis", "validate", file)
    assert (record["stake"], record["supply"]) == ("5,000 AIT", "5,012.5 AIT")
    assert record["hash"] == line.json("genesis", "hash", file)["hash"]
    assert line.done("genesis", "hash", file).stdout.strip() == record["hash"]


def test_hash_depends_on_every_balance(line, tmp_path):
    file = made(line, tmp_path)
    words = ("genesis", "add-validator", file, "--public-key", "0x" + KEY.hex())
    line.done(*words, "--operator", OPERATOR)
    before = line.json("genesis", "hash", file)
    line.done("genesis", "add-account", file, OPERATOR, "1wei")
    after = line.json("genesis", "hash", file)
    assert before != after
    line.done("genesis", "add-account", file, OPERATOR, "2wei")
    assert len(decode_genesis((tmp_path / "genesis.json").read_bytes()).accounts) == 3


def test_existing_file_is_kept_without_force(line, tmp_path):
    file = made(line, tmp_path)
    assert "--force" in line.problem("genesis", "new", file)
    line.done("genesis", "new", file, "--force", "--chain-id", "78")
    assert decode_genesis((tmp_path / "genesis.json").read_bytes()).chain_id == 78


def test_balance_of_a_predeployed_contract_keeps_its_code(line, tmp_path):
    file = made(line, tmp_path)
    proxy = "0x4e59b44847b379578588920ca78fbf26c0b4956c"
    line.done("genesis", "add-account", file, proxy, "1")
    entry = json.loads((tmp_path / "genesis.json").read_text())["alloc"][proxy]
    assert entry["balance"] == str(10**18)
    assert entry["code"].startswith("0x7fff")


def test_validator_key_is_named_once_and_only_once(line, tmp_path):
    file = made(line, tmp_path)
    save_validator_key(tmp_path / "v.json", b"\x33" * 32)
    words = ("genesis", "add-validator", file, "--operator", OPERATOR)
    line.usage(*words)
    key_file = ("--validator-key", str(tmp_path / "v.json"))
    line.usage(*words, *key_file, "--public-key", "0x" + KEY.hex())
    line.done(*words, *key_file)
    text = line.problem(*words, *key_file)
    assert "twice" in text


def test_refused_change_leaves_the_file_as_it_was(line, tmp_path):
    file = made(line, tmp_path)
    before = (tmp_path / "genesis.json").read_bytes()
    words = ("genesis", "add-validator", file, "--operator", OPERATOR, "--public-key")
    line.problem(*words, "0x" + "02" * 33, "--stake", "0.5")
    assert (tmp_path / "genesis.json").read_bytes() == before


def test_missing_file_names_the_command_that_makes_one(line, tmp_path):
    assert "aitbc genesis new" in line.problem("genesis", "validate", str(tmp_path / "none.json"))


def document(**contracts):
    return json.dumps({"chainId": 7, "timeMs": 5, "contracts": contracts})


def test_a_chain_chooses_contract_parameters_in_its_genesis_file():
    found = decode_genesis(document(messaging={"feePerByte": "5"}, staking={"jailSeconds": 60}))
    assert found.contracts == (
        ("messaging", (("feePerByte", 5),)),
        ("staking", (("jailSeconds", 60),)),
    )
    assert decode_genesis(encode_genesis(found)) == found
    chosen = genesis_parameters(found)
    assert chosen["messaging"] == {"feePerByte": 5}
    assert chosen["runtime"]["blockGasMax"] == 30_000_000
    assert "contracts" not in encode_genesis(decode_genesis(document()))


@pytest.mark.parametrize(
    ("contracts", "says"),
    [
        ({"nothing": {}}, "genesis contracts names 'nothing'"),
        ({"runtime": {"blockGasMax": 1}}, "genesis contracts names 'runtime'"),
        ({"messaging": {"feePerBite": 1}}, "messaging has no parameter 'feePerBite'"),
        ({"staking": {"jailSeconds": 2**64}}, "genesis staking jailSeconds is too large"),
    ],
)
def test_parameters_that_no_contract_has_are_refused(contracts, says):
    with pytest.raises(ConfigError, match=says):
        genesis_parameters(decode_genesis(document(**contracts)))


def test_contract_parameters_are_objects_of_numbers():
    for contracts in ([], {"staking": 5}, {"staking": {"jailSeconds": "x"}}):
        text = json.dumps({"chainId": 7, "timeMs": 5, "contracts": contracts})
        with pytest.raises(ConfigError):
            decode_genesis(text)
