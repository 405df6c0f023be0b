"""Try the built packages on a clean root: no Python, no compiler, only a shell and libc.

``make miner-package`` runs it after the build. The tarball is installed into the root with its own
scripts and used there in a chroot; then the .deb is unpacked and its binary compared. Needs root
for the chroot; says so and leaves with status 0 where it is not.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "dist" / "miner"
TOOLS = ("sh", "id", "install", "sha256sum", "mv", "rm", "stat", "sed", "cut", "test", "dirname",
         "mkdir", "cat", "chmod", "env")  # fmt: skip


def main() -> None:
    if os.geteuid() != 0:
        print("check: skipped, a chroot needs root", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        _make_root(root)
        archive = next(OUT.glob("*.tar.gz"))
        with tarfile.open(archive) as packed:
            packed.extractall(root / "tmp", filter="data")
        folder = "/tmp/" + archive.name.removesuffix(".tar.gz")
        _run(root, f"{folder}/install.sh", "--root", "/")
        shown = _run(root, f"{folder}/verify-install.sh", "--root", "/")
        assert "FAIL" not in shown, shown
        print(shown, end="")
        _use(root)
        _break(root, folder)
        _run(root, f"{folder}/install.sh", "--root", "/", "--uninstall")
        assert not (root / "usr/bin/aitbc-miner").exists()
        assert (root / "etc/aitbc-miner/miner.env").stat().st_mode & 0o777 == 0o600
        _check_deb(root)
    print("check: the packages work on a clean root")


def _make_root(root: Path) -> None:
    for name in ("bin", "usr/bin", "tmp", "proc", "dev", "etc", "root"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    libraries = set()
    for tool in TOOLS:
        path = shutil.which(tool)
        assert path is not None, tool
        shutil.copy(Path(path).resolve(), root / "bin" / tool)
        libraries |= _libraries(Path(path).resolve())
    # what every Debian has: libc6 and its parts, zlib1g
    for name in (
        "libdl.so.2",
        "libpthread.so.0",
        "libm.so.6",
        "librt.so.1",
        "libutil.so.1",
        "libz.so.1",
    ):
        libraries |= set(Path("/lib").rglob(name))
    for library in libraries:
        target = root / library.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library.resolve(), target)
    os.mknod(root / "dev/null", 0o020666, os.makedev(1, 3))
    os.mknod(root / "dev/urandom", 0o020666, os.makedev(1, 9))


def _libraries(binary: Path) -> set[Path]:
    shown = subprocess.run(["ldd", binary], capture_output=True, text=True, check=False).stdout
    words = shown.replace("=>", " ").split()
    return {Path(word) for word in words if word.startswith("/")}


def _run(root: Path, *command: str, status: int = 0) -> str:
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/root", "AITBC_HOME": "/var/lib/aitbc-miner"}

    def enter() -> None:
        os.chroot(root)
        os.chdir("/")

    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, preexec_fn=enter
    )
    assert done.returncode == status, (command, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def _use(root: Path) -> None:
    version = _run(root, "aitbc-miner", "version").strip()
    assert version
    assert f"-{version}-linux-" in next(OUT.glob("*.tar.gz")).name, version
    assert "doctor" in _run(root, "aitbc-miner", "--help")
    no_node = _run(root, "aitbc-miner", "status", status=1)
    assert "try:" in no_node, no_node


def _break(root: Path, folder: str) -> None:
    """A damaged file is noticed by the installer and by the verifier."""
    damaged = root / folder.lstrip("/") / "README.md"
    good = damaged.read_bytes()
    damaged.write_bytes(good + b"x")
    assert "damaged" in _run(root, f"{folder}/install.sh", "--root", "/", status=1)
    damaged.write_bytes(good)
    binary = root / "usr/bin/aitbc-miner"
    content = binary.read_bytes()
    binary.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    shown = _run(root, f"{folder}/verify-install.sh", "--root", "/", status=1)
    assert "FAIL  is the binary of this package" in shown, shown
    binary.write_bytes(content)


def _check_deb(root: Path) -> None:
    package = next(OUT.glob("*.deb"))
    tree = root / "deb"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    expected = hashlib.sha256((OUT / "aitbc-miner").read_bytes()).digest()
    assert hashlib.sha256((tree / "usr/bin/aitbc-miner").read_bytes()).digest() == expected
    assert (tree / "etc/aitbc-miner/miner.env").stat().st_mode & 0o777 == 0o600
    owners = subprocess.run(
        ["dpkg-deb", "-c", package], capture_output=True, text=True, check=True
    ).stdout
    assert all(" root/root " in line for line in owners.splitlines()), owners


if __name__ == "__main__":
    main()
