#!/bin/sh
# Exports one repository where its refs changed: a bundle of all of them, cloned and compared ref by ref, its manifest last.
set -eu
. "$FILES/git.sh"
name=$1 url=$2 lfs_acknowledged=$3
folder="$WORK/repositories/$name"
cd "$folder"
state=state.json
use_credentials "$name.source"

started=$(now)
list_refs "$url" refs
digest=$(digest_of refs refs.head)

# Until when it is known to be in the vault, by what the step before saw there; of one that was never exported, since its first export.
in_sync=$started in_vault=no
if [ -f "$state" ]; then
  in_sync=$(field inSyncAt "$state")
  # What LFS keeps is not backed up: such a repository never counts as backed up now, until somebody says that this is known.
  if [ "$(field lfs "$state")" != true ] || [ "$lfs_acknowledged" = yes ]; then
    if [ -f in-sync-at ]; then in_sync=$(cat in-sync-at); fi
    if [ -e proven ]; then in_vault=yes; fi
  fi
fi

if [ -f "$state" ] && [ "$digest" = "$(field digest "$state")" ]; then
  if [ "$in_vault" = yes ]; then in_sync=$started; fi
  if [ ! -e due ]; then
    write_state new-state.json "repositories/$name" "$digest" "$(field pointId "$state")" "$(field exportedAt "$state")" "$in_sync" "$(field lfs "$state")"
    exit 0
  fi
fi

git clone --quiet --mirror "$url" mirror.git
mirror_kib=$(du -sk mirror.git | awk '{ print $1 }')
if [ $((3 * mirror_kib)) -gt "$ROOM_KIB" ]; then
  fail "$name: three times its $((mirror_kib / 1024)) MiB are more than the $((ROOM_KIB / 1024)) MiB that are left of the job's storage"
fi
attempt=1
while :; do
  own_refs mirror.git have
  if cmp -s refs have; then break; fi
  if [ "$attempt" -ge 5 ]; then fail "$name: its refs changed each time that they were compared, $attempt times"; fi
  attempt=$((attempt + 1))
  started=$(now)
  list_refs "$url" refs
  git -C mirror.git fetch --quiet --prune origin
done
digest=$(digest_of refs refs.head)
count=$(awk 'END { print NR }' refs)

lfs=false
# Assigned first: a call that was ended must not pass for one that found nothing.
lfs_commit=$(git -C mirror.git log --all --max-count=1 --format=%H -S'filter=lfs' -- '*.gitattributes')
if [ -n "$lfs_commit" ]; then
  lfs=true
  echo "$name: it uses Git LFS, whose files are not in the backup" >&2
fi

mkdir export
objects=0
if [ "$count" -gt 0 ]; then
  git -C mirror.git bundle create --quiet "$folder/bundle" --all
  # `git bundle verify` would prove the pack, and not that every ref is in it.
  git clone --quiet --mirror bundle check.git
  own_refs check.git cloned
  cmp refs cloned >&2 || fail "$name: a clone of the bundle has other refs than the repository"
  git -C check.git fsck --connectivity-only --no-dangling --no-progress >&2
  git -C check.git count-objects -v >counted
  objects=$(awk '/^(count|in-pack): / { sum += $2 } END { print sum }' counted)
  rm -rf check.git
  split -b "$PART_BYTES" -a 4 bundle part.
  rm bundle
fi

point_id="configuration-$(printf '%s' "$started" | tr -d ':-')-$(od -An -N2 -tx1 /dev/urandom | tr -d ' \n')"
separator="" parts="" number=0
for part in part.*; do
  if [ ! -e "$part" ]; then continue; fi
  file=$(printf 'bundle-%05d' "$number")
  sha256=$(sha256sum "$part" | cut -d ' ' -f 1)
  parts="$parts$separator{\"key\":\"configuration/$point_id/$file\",\"sizeBytes\":$(wc -c <"$part" | tr -d ' '),\"sha256\":\"$sha256\"}"
  mv "$part" "export/$file"
  separator="," number=$((number + 1))
done

# A ref's name holds no backslash, no control character and no space; a quote it may: https://git-scm.com/docs/git-check-ref-format
refs_json=$(awk -F'\t' '{ gsub(/"/, "\\\"", $2); printf "%s\"%s\":\"%s\"", (NR > 1 ? "," : ""), $2, $1 }' refs)
head_json=$(awk '/^refs\// { gsub(/"/, "\\\""); printf "%s\"ref\":\"%s\"", s, $0; s = "," } /^[0-9a-f]+$/ { printf "%s\"oid\":\"%s\"", s, $0; s = "," }' refs.head)
{
  printf '{"schema":"lifeboat/configuration-export/1","system":"%s","pointId":"%s","subject":"repositories/%s",' "$SYSTEM" "$point_id" "$name"
  printf '"window":{"startedAt":"%s","finishedAt":"%s"},"digest":"%s",' "$started" "$(now)" "$digest"
  printf '"counts":{"atSource":%s,"written":%s},"software":{"git":"%s"},"parts":[%s],' "$count" "$count" "$(git version | awk '{ print $3 }')" "$parts"
  printf '"content":{"kind":"repository","url":"%s","refs":{%s},"head":{%s},"objects":%s,"lfs":%s}}' "$url" "$refs_json" "$head_json" "$objects" "$lfs"
} >manifest.unfinished
mv manifest.unfinished export/manifest.json
write_state new-state.json "repositories/$name" "$digest" "$point_id" "$(now)" "$in_sync" "$lfs"
