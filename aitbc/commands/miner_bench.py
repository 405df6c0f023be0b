"""``aitbc miner bench``: products a second of every device, tokens a second of every model.

Each measurement first runs its work once, so that nothing is compiled while the clock runs, and
then as often as fits its share of ``--seconds``. Tokens are those of long answers without a stop,
counted over all requests that go together, with the trace that a receipt commits.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click

from aitbc.miner_home import with_config
from aitbc.output import console, json_flag, print_json, print_rows, progress_bar
from miner.config import Loaded

PROMPT: Final = "347+85="
BATCHES: Final = (1, 8, 32)
"""Requests that are answered together: alone, a few leases, a full house."""
ANSWER_TOKENS: Final = 256
"""Length of an answer, where the model's context allows; attention costs grow with it."""
SECONDS_DEFAULT: Final = 10.0
TELL_SECONDS: Final = 0.1
MEANING: Final = (
    "products: int8 multiply-accumulates of seeded products. tokens: made by all requests of a "
    "batch together, of answers of up to {tokens} tokens to a short prompt, with the trace."
)

Tell = Callable[[float], None]
"""Told the seconds that a measurement has taken so far."""


class _TimeIsUpError(Exception):
    """Ends a run whose time is over."""


@click.command("bench")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 600),
    default=SECONDS_DEFAULT,
    show_default=True,
    help="Time for all measurements together, beside compiling and loading.",
)
@click.option("--threads", type=click.IntRange(1, 1_024), help="Default: as configured.")
@json_flag
@with_config
def bench(
    home: Path | None,  # noqa: ARG001
    loaded: Loaded,
    seconds: float,
    threads: int | None,
    is_json: bool,
) -> None:
    """Measure products on every device, and tokens of the configured models.

    Tokens a second are those of a whole batch: one client of several sees a batch's part of them.
    """
    from miner.backends.devices import find_devices

    count = threads or loaded.config.miner.threads
    devices = find_devices()
    models = [(entry.path, name) for entry in loaded.config.model for name in entry.devices]
    share = seconds / (len(devices) + len(models) * len(BATCHES))
    rows: list[dict[str, Any]] = []
    with progress_bar("measuring") as told:

        def tell(passed: float) -> None:
            told(round(100 * (len(rows) * share + min(passed, share))), round(100 * seconds))

        tell(0)
        for device in devices:
            rows.append(_measure_products(device.id, device.kind, count, share))
            tell(0)
        for path, name in models:
            for row in _measure_model(loaded, path, name, count, share, tell):
                rows.append(row)
                tell(0)
    if is_json:
        print_json(rows)
        return
    shown = [
        {key: value for key, value in row.items() if key != "unit"} | {"rate": _rate_in_words(row)}
        for row in rows
    ]
    print_rows(shown, is_json=False)
    console.print(MEANING.format(tokens=ANSWER_TOKENS), style="dim")


def _rate_in_words(row: dict[str, Any]) -> str:
    if row["unit"] == "MAC/s":
        return f"{row['rate'] / 1e9:.2f} GMAC/s"
    return f"{row['rate']:,.1f} tokens/s"


def _measure_products(name: str, kind: str, threads: int, seconds: float) -> dict[str, Any]:
    from miner.backends.exact import using
    from miner.capacity import measure_rate
    from miner.work import fill_for

    began = time.perf_counter()
    with using(name):
        rate = measure_rate(fill_for(kind), threads, seconds)
    return {
        "device": name,
        "what": "products",
        "batch": None,
        "threads": threads,
        "seconds": round(min(seconds, time.perf_counter() - began), 2),
        "tokens": None,
        "rate": rate,
        "unit": "MAC/s",
    }


def _measure_model(
    loaded: Loaded, path: str, device: str, threads: int, seconds: float, tell: Tell
) -> Iterator[dict[str, Any]]:
    from miner.assembly import model_path
    from miner.backends.exact import ExactBackend, using

    runtime = "cuda" if device.startswith("cuda") else device
    file = model_path(loaded.path.parent, path)
    backend = ExactBackend(file, runtime=runtime, threads=threads, device=device)
    for batch in BATCHES:
        with using(device):
            _count_tokens(backend, batch, 2, 0, lambda _: None)
            tokens, passed = _count_tokens(backend, batch, ANSWER_TOKENS, seconds, tell)
        yield {
            "device": device,
            "what": file.stem,
            "batch": batch,
            "threads": threads,
            "seconds": round(passed, 2),
            "tokens": tokens,
            "rate": tokens / passed,
            "unit": "tokens/s",
        }


def _count_tokens(
    backend: Any, batch: int, tokens_max: int, seconds: float, tell: Tell
) -> tuple[int, float]:
    """Answer ``batch`` requests together until the time is over; return tokens and seconds.

    At least one step of all requests is counted.
    """
    from miner.exact.execution import ExactRequest
    from primitives.integer_model.request import Options

    generator = backend.generator
    prompt = tuple(generator.tokenizer.encode(PROMPT))
    room = generator.model.manifest.context_max - len(prompt) + 1
    options = Options(tokens_max=max(1, min(tokens_max, room)))
    asked = [ExactRequest(prompt=prompt, options=options)] * batch
    made, told, began = 0, 0.0, time.perf_counter()

    def count(_number: int, _token: int) -> None:
        nonlocal made, told
        made += 1
        if made % batch:
            return
        passed = time.perf_counter() - began
        if passed >= told + TELL_SECONDS:
            told = passed
            tell(passed)
        if seconds and passed >= seconds:
            raise _TimeIsUpError

    try:
        while True:
            generator.runtime.run(asked, trace=True, on_token=count)
            if not seconds:
                break
    except _TimeIsUpError:
        pass
    return made, time.perf_counter() - began
