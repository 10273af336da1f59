#!/usr/bin/env bash
# Uploads $WORK/dump into the bucket BUCKET: the parts first, the manifest last. What is there with the same checksum is done; what is there with another
# one is an error. It may be run again after any failure. The image's bash may be of 4.2, before `wait -n`.
set -euo pipefail
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-8}

fail() {
  echo "upload: $1" >&2
  exit 1
}

MANIFEST="$WORK/dump/manifest.json"
[[ -e $MANIFEST ]] || fail "there is no finished dump in $WORK"

# S3's checksums are base64 of the digest's bytes.
base64_of_hex() {
  printf '%b' "$(sed 's/../\\x&/g' <<<"$1")" | base64
}

# Puts the file $1 under the key $2; $3 is its SHA-256 in hex, as the manifest has it: S3 refuses a body that is another one.
put() {
  local checksum problem present
  checksum=$(base64_of_hex "$3")
  if problem=$(aws s3api put-object --bucket "$BUCKET" --key "$2" --body "$1" --content-type "$4" \
    --checksum-algorithm SHA256 --checksum-sha256 "$checksum" --if-none-match '*' 2>&1 >/dev/null); then
    return
  fi
  present=$(aws s3api head-object --bucket "$BUCKET" --key "$2" --checksum-mode ENABLED --query ChecksumSHA256 --output text 2>/dev/null) || present=nothing
  [[ $present == "$checksum" ]] || fail "$2 could not be put (there is $present, checksum $checksum): $problem"
}

# A few at once: most of a part's time is the program's start and S3's answer.
AT_ONCE=4
uploaded=0
running=()
while IFS=$'\t' read -r -u 9 key sha256; do
  # postgres/<point>/<file>
  put "$WORK/dump/${key#*/*/}" "$key" "$sha256" application/octet-stream &
  running+=("$!")
  uploaded=$((uploaded + 1))
  if ((${#running[@]} == AT_ONCE)); then
    wait "${running[0]}"
    running=("${running[@]:1}")
  fi
done 9< <(grep -o '"key":"[^"]*","sizeBytes":[0-9]*,"sha256":"[0-9a-f]*"' "$MANIFEST" | sed 's/^"key":"\([^"]*\)".*"sha256":"\([0-9a-f]*\)"$/\1\t\2/')
((uploaded > 0)) || fail "the manifest names no parts"
for put in "${running[@]}"; do wait "$put"; done

point=$(sed -n 's/^.*"pointId":"\([^"]*\)".*$/\1/p' "$MANIFEST")
put "$MANIFEST" "postgres/$point/manifest.json" "$(sha256sum <"$MANIFEST" | cut -d' ' -f1)" application/json
echo "upload: $point, $uploaded parts, the manifest last"
