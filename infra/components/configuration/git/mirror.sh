#!/bin/sh
# Brings a mirror's branches, tags and notes up to date, and compares them afterwards. Other refs stay behind: forges keep some for themselves, and refuse
# them, as GitHub does `refs/pull`.
set -eu
. "$FILES/git.sh"
name=$1 url=$2 mirror=$3
folder="$WORK/repositories/$name"
cd "$folder"

mirrored() { awk -F'\t' '$2 ~ /^refs\/(heads|tags|notes)\//' "$1" >"$1.mirrored"; }

use_credentials "$name.source"
started=$(now)
if [ ! -d mirror.git ]; then list_refs "$url" wanted; else own_refs mirror.git wanted; fi
use_credentials "$name.mirror"
list_refs "$mirror" theirs
mirrored wanted
mirrored theirs

if ! cmp -s wanted.mirrored theirs.mirrored; then
  if [ ! -d mirror.git ]; then
    use_credentials "$name.source"
    started=$(now)
    git clone --quiet --mirror "$url" mirror.git
    own_refs mirror.git wanted
    mirrored wanted
  fi
  if [ ! -s wanted.mirrored ]; then fail "$name: the repository is empty and its mirror is not: the mirror is left as it is"; fi
  if [ -s theirs.mirrored ] && [ ! -f mirror-state.json ]; then
    # The first time, a mirror that has nothing in common may be somebody's repository, and a push would take its branches away.
    known=no
    while IFS="$TAB" read -r object _; do
      if git -C mirror.git cat-file -e "$object" 2>/dev/null; then known=yes; fi
    done <theirs.mirrored
    if [ "$known" = no ]; then fail "$name: its mirror holds something else, none of whose commits the repository has: empty it, or name another one"; fi
  fi
  use_credentials "$name.mirror"
  git -C mirror.git push --quiet --prune "$mirror" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' '+refs/notes/*:refs/notes/*'
  list_refs "$mirror" theirs
  mirrored theirs
  cmp wanted.mirrored theirs.mirrored >&2 || fail "$name: after the push its mirror has other refs"
fi
write_state new-mirror-state.json "mirrors/$name" "$(digest_of wanted.mirrored)" - "$started" "$started" false
