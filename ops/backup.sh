#!/bin/sh
# Copies the gateway's data while it runs: backup.sh DATA BACKUPS [KEEP]
#
# Makes BACKUPS/ai-now-<time> with the records, results, uploads and signing key of DATA, and keeps the newest KEEP
# backups (all if KEEP is not given). Unchanged files are hard links and take no extra space. If ai-now-gateway is
# on the PATH (or AI_NOW_GATEWAY names it), the backup is audited; if media are in a bucket, against the bucket in
# the settings of GATEWAY_CONFIG. A failed backup leaves nothing under that name. It needs sqlite3 and rsync.
set -eu
umask 077

fail() { echo "backup: $*" >&2; exit 1; }

[ $# -ge 2 ] || fail "usage: backup.sh DATA BACKUPS [KEEP]"
data=$1 backups=$2 keep=${3:-0}
case $keep in *[!0-9]* | '') fail "KEEP must be a number, not $keep" ;; esac
case $backups in *\'*) fail "BACKUPS must not hold a quote" ;; esac
[ ! -f "$data/store.txt" ] || fail "the records are on $(cat "$data/store.txt"): back that up with pg_dump"
[ -f "$data/ai-now.db" ] || fail "there are no records in $data"
for tool in sqlite3 rsync; do
    command -v "$tool" >/dev/null || fail "$tool is missing; on Debian: apt-get install $tool"
done

mkdir -p "$backups"
backups=$(cd "$backups" && pwd)
list() { find "$backups" -mindepth 1 -maxdepth 1 -type d -name 'ai-now-*Z' | sort; }
last=$(list | tail -n 1)
name=ai-now-$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "$backups/$name" ] || fail "$name is there already"
part=$backups/$name.part
mkdir "$part"
trap 'rm -rf "$part"' EXIT
trap 'exit 1' INT TERM HUP

# Results and uploads never change under their name, so those in the last backup are linked. 24: a file was removed
# in the meantime, by retention.
copy_files() {
    for folder in media uploads; do
        [ -d "$data/$folder" ] || continue
        rsync -a --exclude='*.part' ${last:+"--link-dest=$last/$folder"} "$data/$folder/" "$part/$folder/" ||
            [ $? -eq 24 ]
    done
}

# Files are copied before and after the records: every file that the records name existed at that moment, so at
# least one of the two copies has it.
copy_files
sqlite3 -cmd '.timeout 30000' "$data/ai-now.db" "VACUUM INTO '$part/ai-now.db'"
copy_files
for key in signing.key demo.key; do
    [ ! -f "$data/$key" ] || cp -p "$data/$key" "$part/$key"
done

gateway=${AI_NOW_GATEWAY:-ai-now-gateway}
if command -v "$gateway" >/dev/null; then
    # The gateway would take AI_NOW_GATEWAY for an unknown setting.
    (unset AI_NOW_GATEWAY; "$gateway" audit ${GATEWAY_CONFIG:+--config "$GATEWAY_CONFIG"} --data "$part")
else
    echo "backup: not audited: $gateway is not on the PATH" >&2
fi
sync
mv "$part" "$backups/$name"
echo "$backups/$name"

if [ "$keep" -gt 0 ]; then
    list | head -n "-$keep" | while IFS= read -r old; do rm -rf "$old"; done
fi
