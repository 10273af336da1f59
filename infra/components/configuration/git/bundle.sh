#!/bin/sh
# Second step, with git: one repository after the other, each in a shell of its own, so that one that fails costs none of the others.
# What did not succeed has no new state in its folder: the last step tells of it. It ends BUNDLE_SECONDS after it began, long before the Job's own limit, which
# would take the uploads of all of them. Reads EVERY_SECONDS, WORK_BYTES.
set -eu
. "$FILES/limits.sh"
ends=$(($(date -u +%s) + BUNDLE_SECONDS))
# Less is no time for a clone.
LEAST_SECONDS=2
LEAST_KIB=1024

in_turn "$FILES/repositories.tsv" | {
  waiting=$(awk 'END { print NR }' "$FILES/repositories.tsv")
  while IFS="$(printf '\t')" read -r name url _ mirror _ lfs; do
    folder="$WORK/repositories/$name"
    waiting=$((waiting - 1))
    now=$(date -u +%s)
    # Half of the time that is left is there for those that come after.
    seconds=$((ends - now))
    if [ "$waiting" -gt 0 ]; then seconds=$((seconds / 2)); fi
    room=$(room_kib)
    if [ "$seconds" -lt "$LEAST_SECONDS" ] || [ "$room" -lt "$LEAST_KIB" ]; then
      echo "$name: left to the next run, which begins elsewhere: $((seconds > 0 ? seconds : 0)) seconds and $((room > 0 ? room / 1024 : 0)) MiB are left for it" >&2
      continue
    fi
    export REPOSITORY_ENDS=$((now + seconds)) ROOM_KIB="$room"
    if [ ! -e "$folder/refused" ] && ! within "$room" repository.sh "$name" "$url" "$lfs" </dev/null; then
      echo "$name: it was not exported. It had $seconds seconds, and $((room / 1024)) MiB for a mirror, its bundle and a clone of that" >&2
      rm -rf "$folder/export"
    fi
    if [ "$mirror" != - ] && [ ! -e "$folder/refused" ] && [ ! -e "$folder/mirror-refused" ]; then
      within "$room" mirror.sh "$name" "$url" "$mirror" </dev/null || echo "$name: its mirror was not brought up to date" >&2
    fi
    rm -rf "$folder/mirror.git" "$folder/check.git" "$folder/bundle" "$folder"/part.*
  done
}
