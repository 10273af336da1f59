#!/usr/bin/env bash
# Last step, with the AWS CLI: parts first, then the manifest that makes a point of them, then the state; and how far each repository is behind.
set -euo pipefail

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }

base64_of_sha256() {
  local hex
  hex=$(sha256sum "$1" | cut -d ' ' -f 1)
  # shellcheck disable=SC2059
  printf "$(printf '%s' "$hex" | sed 's/../\\x&/g')" | base64
}

# Written once: a call that is repeated because its answer was lost finds its own object.
put() { # key, file
  local error there
  if error=$(aws s3api put-object --bucket "$STAGING_BUCKET" --key "$1" --body "$2" --checksum-algorithm SHA256 --if-none-match '*' 2>&1 >/dev/null); then
    return 0
  fi
  case "$error" in
    *PreconditionFailed* | *"(412)"*) ;;
    *)
      printf '%s\n' "$error" >&2
      return 1
      ;;
  esac
  there=$(aws s3api head-object --bucket "$STAGING_BUCKET" --key "$1" --checksum-mode ENABLED --query ChecksumSHA256 --output text) || return 1
  if [ "$there" = "$(base64_of_sha256 "$2")" ]; then return 0; fi
  echo "$1 is written once, and something else stands there" >&2
  return 1
}

# All states are stored by one call, when the exports that they speak of are there.
store() { # state file
  local file
  file="$WORK/new-states/$(field subject "$1").json"
  mkdir -p "$(dirname "$file")"
  cp "$1" "$file"
}

upload() { # folder
  local state="$1/new-state.json" prefix part
  if [ ! -f "$state" ]; then return 1; fi
  if [ -f "$1/export/manifest.json" ]; then
    prefix="configuration/$(field pointId "$state")"
    for part in "$1"/export/bundle-*; do
      if [ -e "$part" ]; then put "$prefix/$(basename "$part")" "$part" || return 1; fi
    done
    put "$prefix/manifest.json" "$1/export/manifest.json" || return 1
  fi
  store "$state"
}

# Seconds since the source was last known to be what is exported. Nothing where that was never so: its alarm takes no data for bad news.
metrics="" now=$(date -u +%s)
measure() { # subject, files of which the first that is there counts
  local subject=$1 file at
  shift
  for file in "$@"; do
    if [ ! -f "$file" ]; then continue; fi
    at=$(date -u -d "$(field inSyncAt "$file")" +%s)
    metrics+="${metrics:+,}{\"MetricName\":\"$LAG_METRIC\",\"Unit\":\"Seconds\",\"Value\":$((now > at ? now - at : 0)),\"Dimensions\":[{\"Name\":\"System\",\"Value\":\"$SYSTEM\"},{\"Name\":\"Subject\",\"Value\":\"$subject\"}]}"
    return 0
  done
}

failed=()
while IFS=$'\t' read -r name _ _ mirror _ _; do
  folder="$WORK/repositories/$name"
  if upload "$folder" </dev/null; then
    measure "repositories/$name" "$folder/new-state.json"
  else
    failed+=("$name")
    measure "repositories/$name" "$folder/state.json"
  fi
  if [ "$mirror" = - ]; then continue; fi
  if [ -f "$folder/new-mirror-state.json" ] && store "$folder/new-mirror-state.json" </dev/null; then
    measure "mirrors/$name" "$folder/new-mirror-state.json"
  else
    failed+=("$name's mirror")
    measure "mirrors/$name" "$folder/mirror-state.json"
  fi
done <"$FILES/repositories.tsv"

if [ -d "$WORK/new-states" ]; then
  aws s3 cp --recursive --only-show-errors --content-type application/json "$WORK/new-states/" "s3://$STAGING_BUCKET/configuration-state/"
fi
if [ -n "$metrics" ]; then
  aws cloudwatch put-metric-data --region "$RECOVERY_REGION" --namespace "$METRIC_NAMESPACE" --metric-data "[$metrics]"
fi
if [ "${#failed[@]}" -gt 0 ]; then
  printf 'Not up to date: %s\n' "${failed[*]}" >&2
  exit 1
fi
