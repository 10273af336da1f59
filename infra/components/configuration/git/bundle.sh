#!/bin/sh
# Second step, with git: one repository after the other, each in a shell of its own, so that one that fails costs none of the others.
# What did not succeed has no new state in its folder: the last step tells of it.
set -eu

while IFS="$(printf '\t')" read -r name url _ mirror _ lfs; do
  folder="$WORK/repositories/$name"
  if [ ! -e "$folder/refused" ] && ! sh "$FILES/repository.sh" "$name" "$url" "$lfs" </dev/null; then
    echo "$name: it was not exported" >&2
    rm -rf "$folder/export"
  fi
  if [ "$mirror" != - ] && [ ! -e "$folder/refused" ] && [ ! -e "$folder/mirror-refused" ]; then
    sh "$FILES/mirror.sh" "$name" "$url" "$mirror" </dev/null || echo "$name: its mirror was not brought up to date" >&2
  fi
  rm -rf "$folder/mirror.git" "$folder/check.git" "$folder/bundle"
done <"$FILES/repositories.tsv"
