"""The miner's configuration: flag > environment > file > default, and errors that help."""

import pytest
from pydantic import ValidationError

from miner.amounts import format_ait, parse_ait
from miner.config import (
    FILE_NAME,
    change_file,
    encode_tables,
    is_private,
    load_config,
    read_file,
    write_file,
)
from primitives.errors import ConfigError


def write(tmp_path, text):
    (tmp_path / FILE_NAME).write_text(text)


def test_layers_override_each_other_and_say_where_they_come_from(tmp_path):
    write(tmp_path, '[miner]\nthreads = 2\njobs = 3\nbond = 7\n[[model]]\npath = "small"\n')
    environment = {
        "AITBC_MINER_THREADS": "4",
        "AITBC_MINER_OFFER_PRICE": "5gwei",
        "AITBC_MINER_RPC": "http://a,http://b",
        "AITBC_MINER_LEASES_CREDIT": "2",
    }
    loaded = load_config(tmp_path, {"miner.threads": 8}, environment=environment)
    config, origins = loaded.config, loaded.origins
    assert (config.miner.threads, origins["miner.threads"]) == (8, "flag")
    assert (config.miner.jobs, origins["miner.jobs"]) == (3, str(tmp_path / FILE_NAME))
    assert (config.offer.price, origins["offer.price"]) == (5 * 10**9, "environment")
    assert config.miner.rpc == ("http://a", "http://b")
    assert config.leases.credit == 2
    assert config.miner.bond == 7 * 10**18
    assert (config.miner.listen, origins["miner.listen"]) == ("127.0.0.1:9470", "default")
    assert config.model[0].path == "small"


def test_models_given_as_flags_stand_for_those_of_the_file(tmp_path):
    write(tmp_path, '[[model]]\npath = "one"\n')
    loaded = load_config(tmp_path, models=[{"path": "two"}], environment={})
    assert [model.path for model in loaded.config.model] == ["two"]
    assert loaded.origins["model"] == "flag"


def test_the_node_s_variable_names_the_rpc_and_the_miner_s_own_goes_first(tmp_path):
    both = {"AITBC_RPC_URL": "http://node", "AITBC_MINER_RPC": "http://own"}
    assert load_config(tmp_path, environment=both).config.miner.rpc == ("http://own",)
    del both["AITBC_MINER_RPC"]
    assert load_config(tmp_path, environment=both).config.miner.rpc == ("http://node",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[miner]\nthreds = 1\n", "did you mean 'threads'"),
        ("[minr]\n", "did you mean 'miner'"),
        ("[miner]\nthreads = 0\n", "miner.threads"),
        ("[miner]\nthreads = true\nbackend = 'abacus'\n", "miner.backend"),
        ("[offer]\nprice = '1 dollar'\n", "offer.price"),
        ("[offer]\nprice = 0\n", "offer.price"),
        ("[miner]\nlisten = 'nonsense'\n", "write it like 127.0.0.1:9470"),
        ("[miner]\nlisten = 'host:70000'\n", "write it like 127.0.0.1:9470"),
        ("[miner]\nendpoint = 'notaurl'\n", "write it like https://miner.example"),
        ("[miner]\nendpoint = 'http://host:x'\n", "write it like https://miner.example"),
        ("[offer]\nprice_min = 2\nprice_max = 1\n", "price_min is above"),
        ("[model]\npath = 'x'\n", "is written [[model]]"),
        ("miner = 1\n", "is no table"),
        ("[[engine]]\nkind = 'x'\nurl = ''\nmodel = ''\n", "engine"),
        ("not toml", "cannot read"),
    ],
)
def test_errors_name_the_key_and_its_origin(tmp_path, text, says):
    write(tmp_path, text)
    with pytest.raises(ConfigError) as info:
        load_config(tmp_path, environment={})
    assert says in str(info.value)
    assert str(tmp_path / FILE_NAME) in info.value.remedy
    assert "config show" not in info.value.remedy  # which fails in the same way


def test_a_wrong_variable_is_blamed(tmp_path):
    with pytest.raises(ConfigError, match="environment") as info:
        load_config(tmp_path, environment={"AITBC_MINER_THREADS": "many"})
    assert "AITBC_MINER_THREADS" in info.value.remedy
    with pytest.raises(ConfigError, match="flag") as info:
        load_config(tmp_path, {"miner.listen": "x"}, environment={})
    assert "--listen" in info.value.remedy


def test_a_mistyped_variable_is_named(tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'AITBC_MINER_THREADS'"):
        load_config(tmp_path, environment={"AITBC_MINER_TREADS": "3"})


def test_what_is_written_is_read_back_and_private(tmp_path):
    tables = {
        "miner": {"rpc": ["http://x"], "endpoint": 'a "quoted"\\ \x7f', "threads": 2},
        "offer": {"auto": True, "price": "5wei"},
        "model": [{"path": "small", "devices": ["cpu"]}, {"path": "b"}],
    }
    path = tmp_path / "deep" / FILE_NAME
    write_file(path, tables)
    assert read_file(path) == tables
    assert is_private(path)
    path.chmod(0o644)
    assert not is_private(path)
    assert encode_tables({}).startswith("#")


def test_a_refused_change_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / FILE_NAME
    change_file(path, "offer", {"price": "5wei"})
    before = path.read_bytes()
    with pytest.raises(ValidationError):
        change_file(path, "offer", {"price": "nothing"})
    assert path.read_bytes() == before
    change_file(path, "offer", {"auto": True})
    assert read_file(path)["offer"] == {"price": "5wei", "auto": True}


@pytest.mark.parametrize(
    ("text", "wei"),
    [("1", 10**18), ("1.5", 15 * 10**17), ("2 AIT", 2 * 10**18), ("20gwei", 20 * 10**9),
     ("7wei", 7), (".5", 5 * 10**17), ("0", 0), ("1_000wei", 1_000), ("1.50", 15 * 10**17)],
)  # fmt: skip
def test_amounts_are_read_in_ait_or_with_a_unit(text, wei):
    assert parse_ait(text) == wei
    assert parse_ait(format_ait(wei)) == wei


@pytest.mark.parametrize("text", ["", ".", "x", "-1", "1.5wei", "1e3", "0x5", "1 2", "²"])
def test_no_amount_is_an_error(text):
    with pytest.raises(ValueError, match="not an amount"):
        parse_ait(text)
