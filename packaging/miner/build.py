"""Build the miner's packages: one-file binary, tarball, .deb, checksums. ``make miner-package``.

Run by the Python of an environment with this project and PyInstaller. The same sources on the same
system give the same bytes: timestamps are those of the last commit, names are sorted, owners are
root, hashes are not seeded.
"""

import gzip
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "dist" / "miner"
WORK = ROOT / "build" / "miner"
SCRIPTS = ("install.sh", "verify-install.sh")
TEXTS = ("README.md", "aitbc-miner.service", "miner.env.template")
HIDDEN = ("coincurve._cffi_backend", "_cffi_backend", "coincurve._libsecp256k1")
UNUSED = ("plyvel", "eth", "tkinter", "IPython", "pytest", "hypothesis", "mypy", "setuptools",
          "PIL", "matplotlib")  # fmt: skip
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def main() -> None:
    version = _version()
    epoch = _epoch()
    machine = platform.machine()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    binary = _binary(epoch)
    folder = WORK / f"aitbc-miner-{version}-linux-{machine}"
    _assemble(folder, binary)
    _tarball(folder, OUT / f"{folder.name}.tar.gz", epoch)
    _deb(folder, version, ARCHITECTURES.get(machine, machine), epoch)
    shutil.copy2(binary, OUT / "aitbc-miner")
    _sums(OUT, [file for file in sorted(OUT.iterdir()) if file.name != "SHA256SUMS"])
    for file in sorted(OUT.iterdir()):
        print(f"{file.stat().st_size:>12,}  {file.relative_to(ROOT)}")


def _version() -> str:
    sys.path.insert(0, str(ROOT))
    from aitbc import __version__

    return __version__


def _epoch() -> int:
    """Return the time that stands in the packages: SOURCE_DATE_EPOCH, else the last commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _binary(epoch: int) -> Path:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    command = [
        sys.executable, "-m", "PyInstaller", "--onefile", "--name", "aitbc-miner", "--noconfirm",
        "--noupx", "--log-level", "WARN", "--distpath", str(WORK / "bin"),
        "--workpath", str(WORK / "work"), "--specpath", str(WORK), "--paths", str(ROOT),
    ]  # fmt: skip
    for name in HIDDEN:
        command += ["--hidden-import", name]
    for name in UNUSED:
        command += ["--exclude-module", name]
    command += ["--add-data", f"{ROOT / 'genesis.json'}{os.pathsep}aitbc"]
    small = ROOT / "miner" / "exact" / "small"
    if small.is_dir():
        command += ["--add-data", f"{small}{os.pathsep}miner/exact/small"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run([*command, str(ROOT / "aitbc" / "miner_cli.py")], check=True, env=environment)
    return WORK / "bin" / "aitbc-miner"


def _assemble(folder: Path, binary: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copy(binary, folder / "aitbc-miner")
    for name in (*SCRIPTS, *TEXTS):
        shutil.copy(HERE / name, folder / name)
    for file in folder.iterdir():
        file.chmod(0o755 if file.name in ("aitbc-miner", *SCRIPTS) else 0o644)
    _sums(folder, sorted(folder.iterdir()))


def _sums(folder: Path, files: list[Path]) -> None:
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _tarball(folder: Path, target: Path, epoch: int) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(_entry(folder.name, 0o755, epoch, kind=tarfile.DIRTYPE))
        for file in sorted(folder.iterdir()):
            entry = _entry(f"{folder.name}/{file.name}", file.stat().st_mode & 0o777, epoch)
            entry.size = file.stat().st_size
            with file.open("rb") as source:
                archive.addfile(entry, source)
    with target.open("wb") as out, gzip.GzipFile("", "wb", 6, out, mtime=epoch) as packed:
        packed.write(raw.getvalue())


def _entry(name: str, mode: int, epoch: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime, entry.type = mode, epoch, kind
    entry.uname = entry.gname = "root"
    return entry


def _deb(folder: Path, version: str, architecture: str, epoch: int) -> None:
    tree = WORK / "deb"
    places = {
        "aitbc-miner": "usr/bin/aitbc-miner",
        "README.md": "usr/share/doc/aitbc-miner/README.md",
        "aitbc-miner.service": "lib/systemd/system/aitbc-miner.service",
        "miner.env.template": "etc/aitbc-miner/miner.env",
    }
    for name, place in places.items():
        target = tree / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / name, target)
        target.chmod(0o600 if place.startswith("etc") else (folder / name).stat().st_mode & 0o777)
    control = tree / "DEBIAN"
    control.mkdir()
    size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file()) // 1024
    text = (HERE / "control.template").read_text()
    (control / "control").write_text(
        text.format(version=version, architecture=architecture, size=size)
    )
    (control / "conffiles").write_text("/etc/aitbc-miner/miner.env\n")
    for name in ("postinst", "prerm", "postrm"):
        shutil.copy(HERE / f"deb.{name}", control / name)
        (control / name).chmod(0o755)
    for directory in (tree, *(path for path in tree.rglob("*") if path.is_dir())):
        directory.chmod(0o755)
    target = OUT / f"aitbc-miner_{version}_{architecture}.deb"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    for path in tree.rglob("*"):
        os.utime(path, (epoch, epoch))
    os.utime(tree, (epoch, epoch))
    command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z6", "--build", str(tree), str(target)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
