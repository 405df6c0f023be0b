import dataclasses

import pytest

from primitives.adjudication import (
    LEAVES_MAX,
    OPENING_BYTES_MAX,
    WITNESS_BYTES_MAX,
    Adjudicator,
)
from primitives.errors import DecodeError
from primitives.integer_model.manifest import (
    CHUNK,
    LayerShifts,
    Manifest,
    ModelTree,
    check_manifest,
    encode_layers,
)
from primitives.integer_model.openings import path_length
from primitives.integer_model.program import Place, Program
from primitives.integer_model.request import Options, decode_options
from primitives.integer_model.steps import Step, payload_size
from primitives.integer_model.trace import (
    Header,
    decode_header,
    leaf_count,
    leaf_index,
    leaf_place,
)
from primitives.types import Hash32
from tests.unit.miner.exact.model_games import (
    JUDGE,
    SHAPES,
    ZERO,
    Miner,
    ask,
    honest,
    tiny_model,
)

REQUEST = ask(1, 5, 9, temperature=800, top_k=8, top_p=9500, seed=3)
OTHER = Hash32(b"\x01" * 32)


@pytest.fixture(scope="module")
def miner():
    return Miner(REQUEST)


def flipped(data, at):
    return data[:at] + bytes((data[at] ^ 128,)) + data[at + 1 :]


def check_every_step(miner):
    opening = miner.prover.opening()
    assert JUDGE.check_opening(miner.receipt, opening) == len(miner.trace[0])
    for leaf in range(len(miner.trace[0])):
        levels = miner.micro_levels(leaf)
        root = levels[-1][0]
        assert JUDGE.micro_count(miner.receipt, opening, leaf) == len(levels[0])
        JUDGE.check_micro_root(
            miner.receipt, opening, leaf, miner.trace[0][leaf], root,
            miner.prover.root_witness(leaf, levels),
        )  # fmt: skip
        payloads = miner.payloads[leaf - 1] if leaf else []
        for micro in range(len(levels[0])):
            witness = miner.prover.step_witness(leaf, micro, payloads, levels)
            assert len(witness) <= WITNESS_BYTES_MAX
            found = JUDGE.right_output(miner.receipt, opening, leaf, micro, root, witness)
            assert found == levels[0][micro]


@pytest.mark.parametrize("shape", ["tiny", "grouped", "wide heads"])
def test_no_step_of_an_honest_execution_convicts(shape):
    check_every_step(Miner(REQUEST, shape=shape))


def test_steps_yield_what_the_runtimes_trace(miner):
    assert miner.prover.done.leaves == honest(REQUEST).leaves
    assert miner.prover.done.tokens == honest(REQUEST).tokens


def test_steps_over_several_pages_and_chunks_yield_what_the_runtimes_trace():
    long = ask(*(i % 64 for i in range(66)), tokens_max=1)
    assert Miner(long, shape="one layer").prover.done.leaves == honest(long, "one layer").leaves
    wide = ask(3, 4, tokens_max=1)
    assert Miner(wide, shape="many chunks").prover.done.leaves == honest(wide, "many chunks").leaves


def test_it_is_an_adjudicator():
    judge: Adjudicator = JUDGE
    assert judge.runtime_id == 1


@pytest.mark.parametrize("name", ["model_root", "request_hash", "response_hash", "trace_root"])
def test_an_opening_is_of_one_receipt(miner, name):
    receipt = dataclasses.replace(miner.receipt, **{name: OTHER})
    with pytest.raises(DecodeError):
        JUDGE.check_opening(receipt, miner.prover.opening())


@pytest.mark.parametrize(
    ("unit_kind", "more", "opens"), [(1, 0, True), (1, 1, False), (2, 1, True)]
)
def test_no_more_tokens_are_charged_than_were_generated(miner, unit_kind, more, opens):
    units = miner.header.output_count + more
    receipt = dataclasses.replace(miner.receipt, units=units, unit_kind=unit_kind)
    if opens:
        assert JUDGE.check_opening(receipt, miner.prover.opening())
        return
    with pytest.raises(DecodeError, match="not generated"):
        JUDGE.check_opening(receipt, miner.prover.opening())


def test_an_opening_has_one_encoding(miner):
    opening = miner.prover.opening()
    for size in range(len(opening)):
        with pytest.raises(DecodeError):
            JUDGE.check_opening(miner.receipt, opening[:size])
    for at in range(len(opening)):
        changed = bytearray(opening)
        changed[at] ^= 1
        with pytest.raises(DecodeError):
            JUDGE.check_opening(miner.receipt, bytes(changed))
    for longer in (opening + b"\x00", bytes(OPENING_BYTES_MAX + 1)):
        with pytest.raises(DecodeError):
            JUDGE.check_opening(miner.receipt, longer)


@pytest.mark.parametrize("option", ["seed", "tokens_max", "temperature", "top_k", "top_p", "stop"])
def test_a_header_with_another_option_than_the_request_does_not_open(miner, option):
    options = dataclasses.replace(REQUEST.options, **{option: getattr(REQUEST.options, option) ^ 1})
    miner = Miner(dataclasses.replace(REQUEST, options=options))
    receipt = dataclasses.replace(miner.receipt, request_hash=Miner(REQUEST).receipt.request_hash)
    with pytest.raises(DecodeError):
        JUDGE.check_opening(receipt, miner.prover.opening())


def test_no_leaf_and_no_step_beside_the_trace(miner):
    opening = miner.prover.opening()
    for leaf in (-1, len(miner.trace[0])):
        with pytest.raises(DecodeError):
            JUDGE.micro_count(miner.receipt, opening, leaf)
    count = JUDGE.micro_count(miner.receipt, opening, 1)
    for leaf, micro in ((0, 1), (1, -1), (1, count)):
        with pytest.raises(DecodeError):
            JUDGE.right_output(miner.receipt, opening, leaf, micro, ZERO, b"")


def test_a_witness_has_one_encoding(miner):
    opening, leaf = miner.prover.opening(), 1
    levels = miner.micro_levels(leaf)
    root = levels[-1][0]
    for micro in range(0, len(levels[0]), 7):
        witness = miner.prover.step_witness(leaf, micro, miner.payloads[leaf - 1], levels)
        changed = [witness[:-1], witness + b"\x00", b"", bytes(WITNESS_BYTES_MAX + 1)]
        places = range(0, len(witness), 1 + len(witness) // 50)
        changed += [flipped(witness, at) for at in places]
        for other in changed:
            if other == witness:
                continue
            with pytest.raises(DecodeError):
                JUDGE.right_output(miner.receipt, opening, leaf, micro, root, other)


def test_a_micro_root_has_one_witness(miner):
    opening = miner.prover.opening()
    sampling = leaf_index(tiny_model().manifest, miner.header, 2, 2)
    for leaf in (0, 1, sampling):
        levels = miner.micro_levels(leaf)
        witness = miner.prover.root_witness(leaf, levels)
        call = (miner.receipt, opening, leaf, miner.trace[0][leaf], levels[-1][0])
        JUDGE.check_micro_root(*call, witness)
        others = [witness + b"\x00", bytes(WITNESS_BYTES_MAX + 1)]
        others += [
            witness[:at] + bytes((witness[at] ^ 1,)) + witness[at + 1 :]
            for at in range(len(witness))
        ]
        others += [witness[:-1]] if witness else []
        for other in others:
            with pytest.raises(DecodeError):
                JUDGE.check_micro_root(*call, other)
        with pytest.raises(DecodeError):
            JUDGE.check_micro_root(miner.receipt, opening, leaf, OTHER, levels[-1][0], witness)
        with pytest.raises(DecodeError):
            JUDGE.check_micro_root(miner.receipt, opening, leaf, call[3], OTHER, witness)


@pytest.mark.parametrize(
    "changes",
    [
        {"tokens_max": 0},
        {"tokens_max": (1 << 17) + 1},
        {"temperature": 100_001},
        {"top_k": 0},
        {"top_k": 65},
        {"top_p": 0},
        {"top_p": 10_001},
    ],
    ids=str,
)
def test_options_out_of_range_are_refused(changes):
    with pytest.raises(DecodeError):
        decode_options(Options(**{"tokens_max": 1, **changes}).encode())


def test_options_are_what_they_encode():
    options = Options(
        seed=2**64 - 1, tokens_max=1 << 17, temperature=100_000, top_k=64, top_p=10_000, stop=7
    )
    assert decode_options(options.encode()) == options
    with pytest.raises(DecodeError):
        decode_options(options.encode() + b"\x00")


@pytest.mark.parametrize(
    ("prompt", "outputs", "is_right"),
    [
        (1, 1, True),
        (1, 5, True),
        (1, 6, False),
        (1, 0, False),
        (0, 1, False),
        (92, 5, True),
        (93, 5, False),
    ],
)
def test_counts_of_a_header_fit_options_and_context(prompt, outputs, is_right):
    header = Header(prompt_count=prompt, output_count=outputs, options=Options(tokens_max=5))
    manifest = tiny_model().manifest
    if is_right:
        assert decode_header(header.encode(), manifest) == header
    else:
        with pytest.raises(DecodeError):
            decode_header(header.encode(), manifest)
    with pytest.raises(DecodeError):
        decode_header(header.encode() + b"\x00", manifest)


@pytest.mark.parametrize(("prompt", "outputs"), [(1, 1), (1, 4), (5, 1), (3, 3)])
def test_every_leaf_has_one_place(prompt, outputs):
    manifest = tiny_model().manifest
    header = Header(prompt_count=prompt, output_count=outputs, options=Options(tokens_max=9))
    count = leaf_count(manifest, header)
    places = [leaf_place(manifest, header, leaf) for leaf in range(1, count)]
    assert places == sorted(set(places))
    assert [leaf_index(manifest, header, *place) for place in places] == list(range(1, count))
    sampled = [p for p, layer in places if layer == manifest.layers]
    assert sampled == list(range(prompt - 1, prompt + outputs - 1))


@pytest.mark.parametrize("shape", list(SHAPES))
def test_programs_are_without_gaps(shape):
    manifest = tiny_model(shape).manifest
    for position in (0, 63, 64, 70):
        for layer in range(manifest.layers + 1):
            program = Program(Place(manifest, position, layer))
            at = 0
            for name, (start, steps) in program.phases.items():
                assert start == at
                at += steps
                if steps:
                    assert program.locate(start) == (name, 0)
                    assert program.locate(at - 1) == (name, steps - 1)
            assert at == program.count


class Counter:
    """Operands that count what a witness of them would hold."""

    def __init__(self, program, header):
        self.program = program
        self.header = header
        self.size = 0
        self.trace = leaf_count(program.place.manifest, header)

    def micro(self, phase, index):
        return self.micro_range(phase, index, 1)[0]

    def micro_range(self, phase, index, count):
        size = payload_size(self.program, self.header, phase, index)
        at = self.program.phases[phase][0] + index
        self.size += count * size + 2 * 32 * path_length(at, self.program.count)
        return [bytes(size)] * count

    def model(self, leaf, size):
        self.size += size + 32 * path_length(leaf, ModelTree(self.program.place.manifest).count)
        return bytes(size)

    def residual(self, position, layer, segment):
        self.size += 64 + 4 * CHUNK + 32 * 4 + 32 * path_length(self.trace - 2, self.trace)
        return bytes(256)

    def kv(self, position, layer, segment):
        self.size += 64 + 2 * CHUNK + 32 * 5 + 32 * path_length(self.trace - 2, self.trace)
        return bytes(128)

    def token(self, position):
        self.size += 20 + 32 * path_length(self.trace - 2, self.trace)
        return 1


def test_no_step_of_the_largest_model_needs_too_large_a_witness():
    largest = Manifest(
        vocabulary=1 << 20, layers=256, d_model=1 << 14, heads=128, kv_heads=128, head_dim=128,
        d_ff=1 << 16, context_max=1 << 17, activation_max=255, tied=False, epsilon=1,
        embed_shift=20, final_shift=20, head_shift=20,
        layer_bytes=encode_layers([LayerShifts(*[20] * 12)] * 256),
    )  # fmt: skip
    check_manifest(largest)
    options = Options(tokens_max=1, top_k=64, temperature=1000)
    header = Header(prompt_count=1 << 17, output_count=1, options=options)
    assert leaf_count(largest, header) < LEAVES_MAX
    opening = len(largest.encode()) + len(header.encode()) + 18 + 3 * 32 * 32
    assert opening <= OPENING_BYTES_MAX
    for layer in (0, 255, 256):
        program = Program(Place(largest, (1 << 17) - 1, layer))
        assert program.count < LEAVES_MAX
        for start, steps in program.phases.values():
            for at in {start, start + steps // 2, start + steps - 1} if steps else ():
                counter = Counter(program, header)
                Step(program, header, counter).payload(at)
                assert counter.size <= WITNESS_BYTES_MAX
