"""Any batch and any number of threads give one trace; any cheat is found; any bytes are judged."""

import contextlib
import functools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miner.exact.fast import FastRuntime
from primitives.errors import DecodeError
from primitives.integer_model.manifest import decode_manifest
from tests.unit.miner.exact.model_games import JUDGE, Miner, ask, honest, play, tiny_model

REQUEST = ask(1, 5, 9, temperature=5000, top_k=64, seed=3)
GAMES = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
RUNS = settings(max_examples=25, deadline=None)

requests = st.builds(
    lambda prompt, tokens_max, temperature, top_k, top_p, seed: ask(
        *prompt, tokens_max=tokens_max, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed
    ),
    st.lists(st.integers(0, 99), min_size=1, max_size=70),
    st.integers(1, 8),
    st.sampled_from([0, 500, 1000, 8000]),
    st.integers(1, 64),
    st.integers(1, 10_000),
    st.integers(0, 2**64 - 1),
)


@functools.cache
def runtime(shape: str, threads: int, slots: int) -> FastRuntime:
    return FastRuntime(tiny_model(shape), threads=threads, slots=slots)


@functools.cache
def miner() -> Miner:
    return Miner(REQUEST)


@RUNS
@given(
    st.sampled_from(["tiny", "grouped", "wide heads"]),
    st.lists(requests, min_size=1, max_size=6),
    st.integers(1, 3),
    st.integers(1, 6),
)
def test_batches_and_threads_never_show(shape, asked, threads, slots):
    found = runtime(shape, threads, slots).run(asked)
    for request, execution in zip(asked, found, strict=True):
        expected = honest(request, shape)
        assert execution.tokens == expected.tokens
        assert execution.leaves == expected.leaves


@GAMES
@given(st.data())
def test_whoever_changes_a_step_so_that_the_trace_changes_is_convicted(data):
    leaf = data.draw(st.integers(1, len(miner().trace[0]) - 1))
    micro = data.draw(st.integers(0, len(miner().payloads[leaf - 1]) - 1))
    size = len(miner().payloads[leaf - 1][micro])
    payload = data.draw(st.binary(min_size=size, max_size=size))
    cheater = Miner(REQUEST, tamper={(leaf, micro): payload})
    verdict = play(cheater, honest(REQUEST))
    if cheater.trace[0] == miner().trace[0]:
        assert not verdict.convicted
    else:
        assert verdict.convicted
        assert verdict.leaf == leaf


@GAMES
@given(st.data())
def test_a_forged_witness_never_gives_a_result(data):
    leaf = data.draw(st.integers(1, len(miner().trace[0]) - 1))
    levels = miner().micro_levels(leaf)
    micro = data.draw(st.integers(0, len(levels[0]) - 1))
    witness = miner().prover.step_witness(leaf, micro, miner().payloads[leaf - 1], levels)
    at = data.draw(st.integers(0, len(witness)))
    forged = data.draw(
        st.one_of(
            st.binary(max_size=300),
            st.binary(max_size=40).map(lambda piece: witness[:at] + piece),
            st.binary(min_size=1, max_size=40).map(
                lambda piece: witness[:at] + piece + witness[at + len(piece) :]
            ),
        )
    )
    call = (miner().receipt, miner().prover.opening(), leaf, micro, levels[-1][0])
    try:
        found = JUDGE.right_output(*call, forged)
    except DecodeError:
        assert forged != witness
    else:
        assert forged == witness
        assert found == levels[0][micro]


@GAMES
@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes_are_an_opening_or_refused(noise, at):
    opening = miner().prover.opening()
    for data in (noise, opening[:at] + noise, opening[:at] + noise + opening[at + len(noise) :]):
        try:
            JUDGE.check_opening(miner().receipt, data)
        except DecodeError:
            assert data != opening
        else:
            assert data == opening


@GAMES
@given(st.binary(max_size=200), st.integers(0, 120))
def test_a_manifest_that_decodes_encodes_to_the_same_bytes(noise, at):
    whole = tiny_model().manifest.encode()
    data = whole[:at] + noise + whole[at + len(noise) :]
    with contextlib.suppress(DecodeError):
        assert decode_manifest(data).encode() == data
