#!/usr/bin/env bash
# run.sh SCRIPT [ARGUMENT...]: runs a script of this folder in the Debian sid that `./lab setup peers` has made, or with
# Node and the packages that it has fetched (.mjs). Exit code 3: there is none. In a mount namespace of its own, so that
# nothing stays mounted.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
if [[ $1 == *.mjs ]]; then
    exec node "$root/tests/peer/$1" --packages "$root/.toolchain/peers/node" "${@:2}"
fi
sid=$root/.toolchain/peers/sid
[ -d "$sid/usr" ] || { echo "run.sh: no $sid: run ./lab setup peers" >&2; exit 3; }
namespaces=(--mount)
[ "$EUID" = 0 ] || namespaces+=(--user --map-root-user)
# shellcheck disable=SC2016  # the inner shell's variables
exec unshare "${namespaces[@]}" bash -c '
    set -e
    sid=$1 root=$2 script=$3
    shift 3
    # PyTorch asks /proc and /sys which instructions it may use
    for folder in proc sys dev; do mount --rbind "/$folder" "$sid/$folder"; done
    mount --bind "$root" "$sid/mnt"
    exec chroot "$sid" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore \
        python3 "/mnt/tests/peer/$script" "$@"
' run.sh "$sid" "$root" "$@"
