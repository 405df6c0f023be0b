#!/bin/sh
# Install the AITBC miner from this directory.
#   ./install.sh                  as root: /usr, user aitbc-miner, systemd unit
#   ./install.sh --user           into ~/.local, no root, no service
#   ./install.sh --root DIR       into another root directory (images, tests)
#   ./install.sh --uninstall      remove what was installed; settings and data stay
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root="" mode=system action=install
while [ $# -gt 0 ]; do
    case "$1" in
        --user) mode=user ;;
        --root) [ $# -ge 2 ] || { echo "error: --root needs a directory" >&2; exit 2; }; root=$2; shift ;;
        --uninstall) action=uninstall ;;
        -h|--help) sed -n '2,6p' "$0" | cut -c3-; exit 0 ;;
        *) echo "error: unknown option $1; try --help" >&2; exit 2 ;;
    esac
    shift
done

if [ "$mode" = user ]; then
    bin="$HOME/.local/bin" doc="$HOME/.local/share/doc/aitbc-miner"
else
    bin="$root/usr/bin" doc="$root/usr/share/doc/aitbc-miner"
    unit="$root/lib/systemd/system" etc="$root/etc/aitbc-miner" state="$root/var/lib/aitbc-miner"
    if [ "$(id -u)" -ne 0 ]; then
        echo "error: a system installation needs root" >&2
        echo "  try: sudo ./install.sh, or ./install.sh --user" >&2
        exit 1
    fi
fi

has_systemd() { [ "$mode" = system ] && [ -z "$root" ] && [ -d /run/systemd/system ]; }

if [ "$action" = uninstall ]; then
    if has_systemd; then systemctl disable --now aitbc-miner 2>/dev/null || true; fi
    rm -f "$bin/aitbc-miner" "$doc/README.md" "$doc/SHA256SUMS"
    [ "$mode" = user ] || rm -f "$unit/aitbc-miner.service"
    if has_systemd; then systemctl daemon-reload; fi
    echo "removed. Settings and data stay: ${etc:-} ${state:-$HOME/.aitbc}"
    exit 0
fi

(cd "$here" && sha256sum --quiet -c SHA256SUMS) || {
    echo "error: the files are damaged or incomplete" >&2
    echo "  try: download the package again" >&2
    exit 1
}
install -d -m 0755 "$bin" "$doc"
install -m 0755 "$here/aitbc-miner" "$bin/aitbc-miner.new"
mv -f "$bin/aitbc-miner.new" "$bin/aitbc-miner"
install -m 0644 "$here/README.md" "$here/SHA256SUMS" "$doc/"
if [ "$mode" = system ]; then
    install -d -m 0755 "$unit" "$etc"
    install -m 0644 "$here/aitbc-miner.service" "$unit/"
    [ -e "$etc/miner.env" ] || install -m 0600 "$here/miner.env.template" "$etc/miner.env"
    install -d -m 0700 "$state"
    if [ -z "$root" ]; then
        id aitbc-miner >/dev/null 2>&1 ||
            useradd --system --home-dir "$state" --shell /usr/sbin/nologin aitbc-miner
        for group in video render; do
            getent group "$group" >/dev/null && usermod -aG "$group" aitbc-miner
        done
        chown aitbc-miner:aitbc-miner "$state"
    fi
    if has_systemd; then systemctl daemon-reload; fi
fi
echo "installed $bin/aitbc-miner"
echo "next: ./verify-install.sh, then aitbc-miner init and aitbc-miner doctor"
