import hashlib
import json
import math
from itertools import pairwise

import numpy as np
import pytest
from safetensors.numpy import save_file

from miner.exact import tables
from miner.exact.calibrate import calibrate, load_float_model, write_calibration
from miner.exact.convert import Checkpoint, convert, integer_factors, quantise_rows, read_config
from miner.exact.model import ALIGNMENT, Model, list_models, load_model, verify_model
from miner.exact.reference import ReferenceRuntime
from primitives.errors import ConfigError, DecodeError
from primitives.integer_model.manifest import leaf_hash
from primitives.merkle import merkle_root
from tests.unit.miner.exact.model_games import SHAPES, TINY, ask, tiny_model, write_checkpoint

PINS = ["5768c469631905d7", "c4a892ac4c7782b3", "6c5e76bfe56af7f9"]
ROOT_OF_TINY = "3a873710af00bcb59a3cd1072e1e5a599671d6b4a7644780ddb18b09444da101"


@pytest.fixture
def checkpoint(tmp_path):
    return write_checkpoint(tmp_path / "checkpoint", TINY)


def change_config(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_tensor_of_another_shape_or_precision_is_refused(checkpoint):
    source = Checkpoint(checkpoint)
    assert "model.norm.weight" in source
    for name, shape in (("model.norm.weight", (65,)), ("missing", (64,))):
        assert name == "model.norm.weight" or name not in source
        with pytest.raises(ConfigError):
            source.get(name, *shape)


def test_two_conversions_give_the_same_bytes(checkpoint, tmp_path):
    first = convert(checkpoint, tmp_path / "a.aitbcm")
    second = convert(checkpoint, tmp_path / "b.aitbcm")
    assert (tmp_path / "a.aitbcm").read_bytes() == (tmp_path / "b.aitbcm").read_bytes()
    assert first.root == second.root == verify_model(tmp_path / "a.aitbcm")


def test_a_conversion_gives_the_same_bytes_on_every_machine(tmp_path):
    """Weights by rule, not by a generator that a library may change."""
    folder = write_checkpoint(tmp_path / "c", TINY)
    from safetensors.numpy import load_file

    weights = load_file(str(folder / "model.safetensors"))
    for number, (name, w) in enumerate(sorted(weights.items())):
        flat = (np.arange(w.size, dtype=np.int64) * 7919 + number * 104729) % 2003 - 1001
        weights[name] = (flat.astype(np.float32) / 1024).reshape(w.shape)
    save_file(weights, str(folder / "model.safetensors"))
    model = convert(folder, tmp_path / "m.aitbcm")
    assert model.root.hex() == ROOT_OF_TINY


def test_the_root_is_over_all_leaves_in_order():
    model = tiny_model()
    leaves = [leaf_hash(model.payload(leaf)) for leaf in range(model.tree.count)]
    assert model.root == merkle_root(leaves)
    assert model.root == merkle_root(leaves)


@pytest.mark.parametrize("shape", list(SHAPES))
def test_every_byte_of_a_file_is_under_the_root_or_refused(shape):
    model = tiny_model(shape)
    spans = sorted(model.layout.span(leaf) for leaf in range(1, model.tree.count))
    assert all(a + s <= b for (a, s), (b, _) in pairwise(spans))
    assert spans[-1][0] + spans[-1][1] == model.layout.size
    gaps = sum(b - a - s for (a, s), (b, _) in pairwise(spans))
    assert gaps < ALIGNMENT


def test_a_changed_byte_is_another_root_or_no_model():
    data = np.array(tiny_model()._data)
    rng = np.random.default_rng(0)
    for at in [*range(14), *rng.integers(0, len(data), 40).tolist()]:
        changed = data.copy()
        changed[at] ^= 1
        try:
            assert Model(changed).root != tiny_model().root
        except DecodeError:
            continue
    for other in (data[:-1], np.append(data, np.uint8(0)), data[:5]):
        with pytest.raises(DecodeError):
            Model(other)


def test_bytes_in_the_gap_are_refused():
    data = np.array(tiny_model()._data)
    data[tiny_model().layout.tiles - 1] = 1
    with pytest.raises(DecodeError, match="gap"):
        Model(data)


def test_files_are_found_and_others_left_out(checkpoint, tmp_path):
    convert(checkpoint, tmp_path / "good.aitbcm")
    (tmp_path / "bad.aitbcm").write_bytes(b"AITBCMF1")
    (tmp_path / "empty.aitbcm").write_bytes(b"")
    assert [path.name for path, _ in list_models(tmp_path)] == ["good.aitbcm"]
    for name in ("bad", "empty", "missing"):
        with pytest.raises(ConfigError):
            load_model(tmp_path / f"{name}.aitbcm")


def test_progress_reaches_its_end(checkpoint, tmp_path):
    told = []
    convert(checkpoint, tmp_path / "m.aitbcm", lambda *at: told.append(at))
    assert told[-1] == (4, 4)
    assert told == sorted(told)
    verify_model(tmp_path / "m.aitbcm", lambda *at: told.append(at))
    assert told[-1] == (tiny_model().tree.count,) * 2


def test_weights_survive_quantisation_to_half_a_level():
    weights = np.random.default_rng(0).standard_normal((64, 64))
    levels, steps = quantise_rows(weights)
    assert np.abs(levels * steps[:, None] - weights).max() <= steps.max() / 2 + 1e-12
    assert np.abs(levels).max() == 127
    levels, steps = quantise_rows(np.zeros((2, 4)))
    assert not levels.any()
    assert not steps.any()


def test_factors_keep_30_bits():
    factors, shift = integer_factors(np.array([0.3, 0.001, 0.0]))
    assert np.allclose(factors / 2.0**shift, [0.3, 0.001, 0], rtol=0, atol=2.0**-shift)
    assert 1 << 28 <= factors.max() < 1 << 31
    assert integer_factors(np.array([1e-30]))[1] == 62
    with pytest.raises(ConfigError):
        integer_factors(np.array([2.0**40]))


@pytest.mark.parametrize("dtype", ["f2", "f8"])
def test_other_precisions_are_read_exactly(checkpoint, tmp_path, dtype):
    from safetensors.numpy import load_file

    weights = load_file(str(checkpoint / "model.safetensors"))
    halves = {name: w.astype(np.float16) for name, w in weights.items()}
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "config.json").write_text((checkpoint / "config.json").read_text())
    save_file({n: w.astype(dtype) for n, w in halves.items()}, str(folder / "model.safetensors"))
    save_file({n: w.astype("f4") for n, w in halves.items()}, str(checkpoint / "model.safetensors"))
    one, other = (convert(f, tmp_path / f"{f.name}.aitbcm").root for f in (checkpoint, folder))
    assert one == other


def test_bfloat16_is_read_exactly(tmp_path):
    values = np.array([1.0, -2.5, 0.15625, 3e38], dtype=np.float32)
    bits = (values.view(np.uint32) >> 16).astype("<u2")
    header = json.dumps({"x": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    header += b" " * (-len(header) % 8)
    data = len(header).to_bytes(8, "little") + header + bits.tobytes()
    (tmp_path / "a.safetensors").write_bytes(data)
    found = Checkpoint(tmp_path).get("x", 2, 2)
    expected = (bits.astype(np.uint32) << 16).view(np.float32).reshape(2, 2)
    assert np.array_equal(found, expected.astype(np.float64))


@pytest.mark.parametrize(
    "changes",
    [
        {"rope_scaling": {"type": "linear"}},
        {"attention_bias": True},
        {"hidden_act": "relu"},
        {"head_dim": 48},
        {"hidden_size": 65},
        {"vocab_size": 99},
        {"num_hidden_layers": 3},
        {"tie_word_embeddings": False},
        {"integer": {"q": 15}},
        {"integer": {"speed": 1}},
        {"integer": {"layers": [{}]}},
    ],
    ids=str,
)
def test_what_is_not_supported_is_refused_with_a_remedy(checkpoint, tmp_path, changes):
    change_config(checkpoint, **changes)
    with pytest.raises(ConfigError):
        convert(checkpoint, tmp_path / "m.aitbcm")
    assert not (tmp_path / "m.aitbcm").exists()


def test_a_damaged_checkpoint_is_refused(checkpoint, tmp_path):
    path = checkpoint / "model.safetensors"
    whole = path.read_bytes()
    for data in (whole[:-1], whole[:20], b""):
        path.write_bytes(data)
        with pytest.raises(ConfigError):
            Checkpoint(checkpoint)
    path.write_bytes(whole)
    (checkpoint / "twice.safetensors").write_bytes(whole)
    with pytest.raises(ConfigError, match="two files"):
        Checkpoint(checkpoint)
    with pytest.raises(ConfigError, match="no \\*"):
        Checkpoint(tmp_path)


def test_undefined_weights_are_refused(tmp_path):
    save_file({"x": np.array([np.nan], dtype=np.float32)}, str(tmp_path / "a.safetensors"))
    with pytest.raises(ConfigError, match="undefined"):
        Checkpoint(tmp_path).get("x", 1)


def test_a_config_is_complete_or_refused(tmp_path):
    with pytest.raises(ConfigError):
        read_config(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match="lacks"):
        read_config(tmp_path)


def test_tables_are_what_the_functions_are():
    rope = tables.rope_table(90, 64, 10_000.0).reshape(90, 32, 2) / 16384
    angles = np.outer(np.arange(90), 10_000.0 ** (-np.arange(32) / 32))
    assert np.abs(rope[..., 0] - np.cos(angles)).max() < 2.0**-14
    assert np.abs(rope[..., 1] - np.sin(angles)).max() < 2.0**-14
    x = (np.arange(4096) - 2048) / 256
    assert np.abs(tables.gate_table("silu") / 32768 - 1 / (1 + np.exp(-x))).max() < 2.0**-15
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    gelu = tables.gate_table("gelu_new") / 32768
    assert np.abs(gelu - (1 + np.tanh(inner)) / 2).max() < 2.0**-14


def test_tables_never_change():
    found = [tables.exp_table(), tables.gate_table("silu"), tables.rope_table(64, 32, 10_000.0)]
    assert [hashlib.sha256(t.tobytes()).hexdigest()[:16] for t in found] == PINS


@pytest.mark.parametrize("shape", ["tiny", "grouped"])
def test_a_calibrated_model_is_close_to_the_float_one(tmp_path, shape):
    checkpoint = write_checkpoint(tmp_path / "checkpoint", {**SHAPES[shape], "hidden_act": "silu"})
    rng = np.random.default_rng(1)
    samples = rng.integers(0, 100, (8, 20)).tolist()
    write_calibration(checkpoint, samples)
    model = convert(checkpoint, tmp_path / "m.aitbcm")
    runtime, floats = ReferenceRuntime(model), load_float_model(checkpoint)
    assert (
        calibrate(floats, samples)
        == json.loads((checkpoint / "config.json").read_text())["integer"]
    )
    done = runtime.run([ask(*samples[0], tokens_max=1)], keep=True)[0]
    found = runtime._logits(done.outs[-1][-1].astype(np.int64)) / 4096
    real = floats.logits(np.array([samples[0]]))[0, -1]
    assert np.abs(found - real).max() < 0.06 * real.std()
