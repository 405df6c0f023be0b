"""``aitbc miner models``: model files of the canonical integer model."""

import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

import click

from aitbc.arguments import HASH
from aitbc.miner_home import directory_of, home_flag
from aitbc.native import VerbGroup
from aitbc.output import console, fail, json_flag, print_record, print_rows, progress_bar
from primitives.errors import ConfigError

CHUNK: Final = 1 << 20
TIMEOUT_SECONDS: Final = 60.0
SMALL: Final = "small"


@click.group("models", cls=VerbGroup)
def models() -> None:
    """Models to lease: pull, verify, list, convert."""


@models.command("list")
@home_flag
@json_flag
def list_models(home: Path | None, is_json: bool) -> None:
    """Show the model files of this home; roots are hashed anew, which takes a moment."""
    from miner.exact.model import list_models as found_models
    from miner.exact.model import verify_model

    folder = _folder(home)
    rows = []
    for path, manifest in found_models(folder):
        with progress_bar(f"hashing {path.name}") as told:
            root = verify_model(path, told)
        rows.append(
            {
                "file": path.name,
                "root": root,
                "layers": manifest.layers,
                "vocabulary": manifest.vocabulary,
                "context": manifest.context_max,
                "bytes": path.stat().st_size,
            }
        )
    print_rows(rows, is_json=is_json, empty=f"no models in {folder}; aitbc miner models pull small")


@models.command("pull")
@click.argument("source")
@click.option("--root", type=HASH, help="The model root that it must have.")
@click.option("--name", help="File name; default: the source's.")
@home_flag
@json_flag
def pull(
    source: str, root: bytes | None, name: str | None, home: Path | None, is_json: bool
) -> None:
    """Get a model: 'small', a file, or a URL of an .aitbcm file; checked against --root."""
    from miner.exact.generate import install_small
    from miner.exact.model import verify_model

    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if source == SMALL:
        path = install_small(folder)
    else:
        path = folder / (name or source.rstrip("/").rpartition("/")[2])
        part = path.with_name(path.name + ".part")
        _fetch(source, part)
        with progress_bar("hashing") as told:
            found = verify_model(part, told)
        if root is not None and found != root:
            part.unlink()
            fail(f"its root is 0x{found.hex()}, not 0x{root.hex()}", "take another source")
        part.rename(path)
    with progress_bar("hashing") as told:
        found = verify_model(path, told)
    print_record({"file": str(path), "root": found}, is_json=is_json)


@models.command("verify")
@click.argument("path")
@click.option("--root", type=HASH, help="The root, or digest, that it must have.")
@home_flag
@json_flag
def verify(path: str, root: bytes | None, home: Path | None, is_json: bool) -> None:
    """Hash a model: an .aitbcm file's root, or the digest of any engine's weight files.

    PATH is a file or folder, as seen from here or from HOME/miner, or 'small'.
    """
    place = _find(path, home)
    from miner.engines.identity import weights_digest
    from miner.exact.model import SUFFIX, verify_model

    record: dict[str, Any] = {"path": str(place)}
    with progress_bar("hashing") as told:
        if place.suffix == SUFFIX:
            record["root"] = found = verify_model(place, told)
        else:
            record["digest"] = found = weights_digest(place, told)
    if root is not None and found != root:
        fail(f"it is 0x{found.hex()}, not 0x{root.hex()}", "take the model again: models pull")
    print_record(record, is_json=is_json)


@models.command("convert")
@click.argument("checkpoint", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", help="Name of the model; default: the folder's.")
@home_flag
@json_flag
def convert(checkpoint: Path, name: str | None, home: Path | None, is_json: bool) -> None:
    """Quantise a checkpoint (safetensors) into an integer model; the same bytes everywhere."""
    from miner.exact.generate import install
    from miner.exact.model import SUFFIX

    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / ((name or checkpoint.resolve().name) + SUFFIX)
    with progress_bar("converting") as told:
        model = install(checkpoint, path, told)
    print_record({"file": str(path), "root": model.root}, is_json=is_json)
    if not is_json:
        console.print(f'offer it: add [[model]] path = "models/{path.name}" to miner.toml')


def _find(text: str, home: Path | None) -> Path:
    """Return a model's place as miner.toml names it, or as seen from here.

    Raises:
        ConfigError: nothing is there.
    """
    from miner.assembly import model_path

    here = Path(text).expanduser()
    place = here if here.exists() else model_path(directory_of(home), text)
    if not place.exists():
        raise ConfigError(f"there is no {text}", "See what is: aitbc miner models list")
    return place


def _folder(home: Path | None) -> Path:
    return directory_of(home) / "models"


def _fetch(source: str, part: Path) -> None:
    """Copy a file or download a URL; a download that broke off goes on where it stopped.

    Raises:
        ConfigError: it cannot be had.
    """
    if not source.startswith(("http://", "https://")):
        path = Path(source).expanduser()
        if not path.is_file():
            raise ConfigError(f"there is no file {path}", "Name a file, a URL, or: small")
        shutil.copyfile(path, part)
        return
    done = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(source, headers={"Range": f"bytes={done}-"} if done else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            is_rest = answer.status == 206
            done = done if is_rest else 0
            total = done + int(answer.headers.get("Content-Length") or 0)
            with progress_bar("downloading") as told, part.open("ab" if is_rest else "wb") as file:
                while chunk := answer.read(CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    told(done, total)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise ConfigError(f"{source} cannot be had: {error}", "Try again: it goes on") from error
