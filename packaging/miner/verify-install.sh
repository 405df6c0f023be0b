#!/bin/sh
# Check an installation: the binary is the one that was shipped, runs, and computes exactly.
#   ./verify-install.sh [--user | --root DIR]
set -eu
root="" bin=""
while [ $# -gt 0 ]; do
    case "$1" in
        --user) bin="$HOME/.local/bin/aitbc-miner" ;;
        --root) [ $# -ge 2 ] || { echo "error: --root needs a directory" >&2; exit 2; }; root=$2; shift ;;
        *) echo "error: unknown option $1" >&2; exit 2 ;;
    esac
    shift
done
here=$(cd "$(dirname "$0")" && pwd)
bin=${bin:-$root/usr/bin/aitbc-miner}
bad=0
check() {
    if "$@" >/dev/null 2>&1; then echo "PASS  $name"; else echo "FAIL  $name"; bad=1; fi
}
same() { [ "$(sha256sum < "$1" | cut -d' ' -f1)" = "$(sed -n 's/  aitbc-miner$//p' "$here/SHA256SUMS")" ]; }
mode_of() { [ "$(stat -c %a "$1")" = "$2" ]; }

name="installed at $bin"; check test -x "$bin"
name="is the binary of this package"; check same "$bin"
name="runs"; check "$bin" version
name="computes exactly on this machine"; check "$bin" selfcheck
if [ -e "$root/etc/aitbc-miner/miner.env" ]; then
    name="settings are readable by their owner alone"; check mode_of "$root/etc/aitbc-miner/miner.env" 600
    name="data is readable by its owner alone"; check mode_of "$root/var/lib/aitbc-miner" 700
fi
exit $bad
