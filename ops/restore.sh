#!/bin/sh
# Restores a backup of backup.sh after data loss: restore.sh BACKUP DATA
#
# DATA must not exist, or be empty: nothing is overwritten. It appears under its name only once it is complete and
# audited. Run this as the gateway's user, with the gateway stopped.
set -eu
umask 077

fail() { echo "restore: $*" >&2; exit 1; }

[ $# -eq 2 ] || fail "usage: restore.sh BACKUP DATA"
backup=$1 data=${2%/}
[ -f "$backup/ai-now.db" ] || fail "there is no backup in $backup"
if [ -e "$data" ]; then
    [ -d "$data" ] || fail "$data is not a directory"
    [ -z "$(ls -A "$data")" ] || fail "$data is not empty; move it away first"
fi

part=$data.part
[ ! -e "$part" ] || fail "$part is there: an earlier restore was interrupted; remove it first"
trap 'rm -rf "$part"' EXIT
trap 'exit 1' INT TERM HUP
# A copy, not links: the gateway modifies its records.
cp -R -p "$backup" "$part"
chmod 700 "$part"
gateway=${AI_NOW_GATEWAY:-ai-now-gateway}
if command -v "$gateway" >/dev/null; then
    # The gateway would take AI_NOW_GATEWAY for an unknown setting.
    (unset AI_NOW_GATEWAY; "$gateway" audit ${GATEWAY_CONFIG:+--config "$GATEWAY_CONFIG"} --data "$part")
else
    echo "restore: not audited: $gateway is not on the PATH" >&2
fi
sync
[ ! -d "$data" ] || rmdir "$data"
mv "$part" "$data"
echo "restored into $data"
