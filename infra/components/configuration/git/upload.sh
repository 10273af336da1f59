#!/usr/bin/env bash
# Last step, with the AWS CLI: parts first, then the manifest that makes a point of them, then the state; and how far each repository is behind.
# Uploads end UPLOAD_SECONDS after they began: states and metrics come after them, and before the Job's own limit. Reads EVERY_SECONDS.
set -euo pipefail
. "$FILES/limits.sh"
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-8}
# Beside the uploads: one call for all states, one for all metrics.
CALL_SECONDS=60

# Of a repository, half of what is left where others come after it: the time at which $until is, by bash's own count of seconds.
until=$UPLOAD_SECONDS
aws_until_end() {
  local left=$((until - SECONDS))
  if [ "$left" -le 0 ]; then
    echo "no time is left for aws $1 $2" >&2
    return 1
  fi
  timeout -k 5 "$left" aws "$@" && return 0
  local status=$?
  if [ "$status" -eq 124 ]; then echo "aws $1 $2 was ended after its $left seconds" >&2; fi
  return "$status"
}

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
  if error=$(aws_until_end s3api put-object --bucket "$STAGING_BUCKET" --key "$1" --body "$2" --checksum-algorithm SHA256 --if-none-match '*' 2>&1 >/dev/null); then
    return 0
  fi
  case "$error" in
    *PreconditionFailed* | *"(412)"*) ;;
    *)
      printf '%s\n' "$error" >&2
      return 1
      ;;
  esac
  there=$(aws_until_end s3api head-object --bucket "$STAGING_BUCKET" --key "$1" --checksum-mode ENABLED --query ChecksumSHA256 --output text) || return 1
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

# A point of the future is refused when it arrives, from five minutes on. Its state must not be kept then: it would say for a month that all is backed up.
MOST_SECONDS_AHEAD=120
ahead=''
is_ahead() {
  local url date
  if [ -z "$ahead" ]; then
    ahead=0
    # What S3 answers does not matter: each of its answers has its time.
    url=$(aws_until_end s3 presign "s3://$STAGING_BUCKET/clock") || url=''
    date=$(curl --silent --head --max-time 20 "${url%%\?*}" | sed -n 's/^[Dd]ate: *//p' | tr -d '\r') || date=''
    if [ -n "$date" ]; then ahead=$(($(date -u +%s) - $(date -u -d "$date" +%s))); fi
  fi
  if [ "$ahead" -le "$MOST_SECONDS_AHEAD" ]; then return 1; fi
  echo "this pod's clock is $ahead seconds ahead of S3's: nothing that it exported is put" >&2
}

upload() { # folder
  local state="$1/new-state.json" prefix part
  if [ ! -f "$state" ]; then return 1; fi
  if [ -f "$1/export/manifest.json" ]; then
    if is_ahead; then return 1; fi
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
waiting=$(awk 'END { print NR }' "$FILES/repositories.tsv")
while IFS=$'\t' read -r name _ _ mirror _ _; do
  folder="$WORK/repositories/$name"
  waiting=$((waiting - 1))
  until=$((waiting > 0 ? SECONDS + (UPLOAD_SECONDS - SECONDS) / 2 : UPLOAD_SECONDS))
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
done < <(in_turn "$FILES/repositories.tsv")

# A state that is not stored costs another export, and no measurement.
if [ -d "$WORK/new-states" ] && ! timeout -k 5 "$CALL_SECONDS" aws s3 cp --recursive --only-show-errors --content-type application/json \
  "$WORK/new-states/" "s3://$STAGING_BUCKET/configuration-state/"; then
  failed+=("the states")
fi
if [ -n "$metrics" ]; then
  timeout -k 5 "$CALL_SECONDS" aws cloudwatch put-metric-data --region "$RECOVERY_REGION" --namespace "$METRIC_NAMESPACE" --metric-data "[$metrics]"
fi
if [ "${#failed[@]}" -gt 0 ]; then
  printf 'Not up to date: %s\n' "${failed[*]}" >&2
  exit 1
fi
