#!/usr/bin/env bash
# First step, with the AWS CLI: what the second one needs of AWS. One repository's secret that cannot be read stops that repository alone. Reads EVERY_SECONDS.
set -euo pipefail
. "$FILES/limits.sh"
umask 077

# A private key, `user:token`, or a token alone: GitHub's applications ask for this user, others take any.
credential() { # secret, file without its ending
  local text kept
  kept="$CREDENTIALS/of-$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)"
  # One secret may serve many repositories.
  if [ ! -f "$kept" ]; then
    aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text >"$kept.unfinished" || return 1
    mv "$kept.unfinished" "$kept"
  fi
  text=$(cat "$kept")
  case "$text" in
    # The CLI's word for a secret of bytes, or of nothing.
    "" | None) return 1 ;;
    *"PRIVATE KEY-----"*) printf '%s\n' "$text" >"$2.key" ;;
    *:*)
      printf '%s' "${text%%:*}" >"$2.user"
      printf '%s' "${text#*:}" >"$2.password"
      ;;
    *)
      printf 'x-access-token' >"$2.user"
      printf '%s' "$text" >"$2.password"
      ;;
  esac
}

# What was exported last; nothing where nothing was.
state() { # subject, file
  if [ -f "$WORK/states/$1.json" ]; then mv "$WORK/states/$1.json" "$2"; fi
}

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }
. "$FILES/vault.sh"

# One call for all of them: each call of the AWS CLI takes a second.
aws s3 cp --recursive --only-show-errors --exclude '*' --include 'repositories/*' --include 'mirrors/*' \
  "s3://$STAGING_BUCKET/configuration-state/" "$WORK/states/"

while IFS=$'\t' read -r name _ secret mirror mirror_secret _; do
  folder="$WORK/repositories/$name"
  mkdir -p "$folder"
  state "repositories/$name" "$folder/state.json"
  if [ -f "$folder/state.json" ]; then look_at "$name" "$folder" </dev/null; fi
  if [ "$secret" != - ] && ! credential "$secret" "$CREDENTIALS/$name.source"; then
    echo "$name: its credentials cannot be read; the repository is left out of this run" >&2
    touch "$folder/refused"
  fi
  if [ "$mirror" = - ]; then continue; fi
  state "mirrors/$name" "$folder/mirror-state.json"
  if [ "$mirror_secret" != - ] && ! credential "$mirror_secret" "$CREDENTIALS/$name.mirror"; then
    echo "$name: its mirror's credentials cannot be read; the mirror is left out of this run" >&2
    touch "$folder/mirror-refused"
  fi
done < <(in_turn "$FILES/repositories.tsv")
