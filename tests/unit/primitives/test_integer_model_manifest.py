import dataclasses

import pytest

from primitives.errors import DecodeError
from primitives.integer_model.manifest import (
    LAYER_FIELDS,
    MATRICES,
    VECTORS,
    LayerShifts,
    Manifest,
    ModelTree,
    decode_manifest,
    encode_layers,
    read_manifest,
)

SHIFTS = LayerShifts(*range(1, 12), 12345)


def manifest(**changes) -> Manifest:
    values = {
        "vocabulary": 100, "layers": 2, "d_model": 128, "heads": 4, "kv_heads": 2, "head_dim": 32,
        "d_ff": 192, "context_max": 16, "activation_max": 2047, "tied": True, "epsilon": 7,
        "embed_shift": 3, "final_shift": 4, "head_shift": 5,
        "layer_bytes": encode_layers([SHIFTS] * 2),
    }  # fmt: skip
    return Manifest(**{**values, **changes})


def test_a_manifest_is_what_it_encodes():
    assert decode_manifest(manifest().encode()) == manifest()
    assert manifest().layer(1) == SHIFTS


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("vocabulary", 1, 1 << 20),
        ("context_max", 1, 1 << 17),
        ("activation_max", 1, 2047),
        ("epsilon", 1, 1 << 32),
        ("embed_shift", 1, 62),
        ("final_shift", 1, 62),
        ("head_shift", 1, 62),
    ],
)
def test_a_value_is_allowed_up_to_its_bounds_and_not_beyond(name, least, most):
    for value in (least, most):
        changed = manifest(**{name: value})
        assert decode_manifest(changed.encode()) == changed
    for value in (least - 1, most + 1):
        with pytest.raises(DecodeError):
            decode_manifest(manifest(**{name: value}).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"d_model": 96},
        {"d_model": 0},
        {"d_model": (1 << 14) + 64, "activation_max": 1},
        {"d_ff": 100},
        {"d_ff": (1 << 16) + 64, "activation_max": 1},
        {"heads": 3},
        {"heads": 5, "kv_heads": 2},
        {"kv_heads": 8},
        {"kv_heads": 1},
        {"head_dim": 48},
        {"heads": 256, "head_dim": 128},
        {"layers": 0, "layer_bytes": b""},
        {"layers": 257, "layer_bytes": encode_layers([SHIFTS] * 257)},
        {"layer_bytes": encode_layers([dataclasses.replace(SHIFTS, q=0)] * 2)},
        {"layer_bytes": encode_layers([dataclasses.replace(SHIFTS, down=63)] * 2)},
        {"layer_bytes": encode_layers([dataclasses.replace(SHIFTS, score_factor=0)] * 2)},
        {"layer_bytes": encode_layers([dataclasses.replace(SHIFTS, score_factor=1 << 31)] * 2)},
    ],
    ids=str,
)
def test_a_shape_that_could_not_be_executed_is_refused(changes):
    with pytest.raises(DecodeError):
        decode_manifest(manifest(**changes).encode())


def test_an_accumulator_may_reach_but_not_pass_31_bits():
    widest = (2**31 - 1) // (128 * 2047) // 64 * 64
    assert decode_manifest(manifest(d_ff=widest).encode()).d_ff == widest
    with pytest.raises(DecodeError, match="accumulator"):
        decode_manifest(manifest(d_ff=widest + 64).encode())


def test_every_other_length_is_refused():
    data = manifest().encode()
    for size in range(len(data)):
        with pytest.raises(DecodeError):
            read_manifest(data[:size])
    for longer in (data + b"\x00", data + bytes(15), bytes(5000)):
        with pytest.raises(DecodeError):
            read_manifest(longer)


@pytest.mark.parametrize("offset", [0, 11, 48])
def test_another_magic_runtime_or_flag_is_refused(offset):
    data = bytearray(manifest().encode())
    data[offset] = 2
    with pytest.raises(DecodeError):
        read_manifest(bytes(data))


@pytest.mark.parametrize("tied", [True, False])
def test_every_leaf_of_the_tree_has_one_address(tied):
    m = manifest(tied=tied)
    tree = ModelTree(m)
    seen = [0, 1, 2, *(tree.rope(p) for p in range(m.context_max))]

    def vectors(layer, name):
        return [tree.vector(layer, name, i) for i in range(tree.vector_count(name))]

    def tiles(layer, name):
        rows, columns = tree.matrix_tiles(name)
        return [tree.tile(layer, name, r, c) for r in range(rows) for c in range(columns)]

    seen += vectors(0, "embed")
    for layer in range(m.layers):
        for name in VECTORS:
            seen += vectors(layer, name)
    seen += vectors(0, "final") + vectors(0, "head") + tiles(0, "embed")
    for layer in range(m.layers):
        for name in MATRICES:
            seen += tiles(layer, name)
    if tied:
        assert tiles(0, "head") == tiles(0, "embed")
    else:
        seen += tiles(0, "head")
    assert seen == list(range(tree.count))


def test_a_layer_has_a_shift_for_every_scaling():
    assert LAYER_FIELDS[-1] == "score_factor"
    assert len(LAYER_FIELDS) == 12
