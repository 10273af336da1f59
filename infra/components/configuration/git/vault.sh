# What of a repository the vault has proven; read by `.`, in bash with the AWS CLI, where `field` is there. Reads SYSTEM, VAULT_BUCKET, RECOVERY_REGION,
# REFRESH_SECONDS, REFRESH_UNPROVEN_SECONDS, LOOK_SECONDS.

# A region that does not answer must not take the time that the exports need.
CALL_SECONDS=20
look_ends=$((SECONDS + LOOK_SECONDS)) vault_away=no
# Points whose proofs are read: with more failed ones before the newest good one nothing is known to be in the vault, which pages.
LOOKED_AT=10

ask_vault() { # call, options
  local call=$1
  shift
  timeout -k 5 "$CALL_SECONDS" aws s3api "$call" --region "$RECOVERY_REGION" --bucket "$VAULT_BUCKET" "$@"
}

# The key of the newest proof of each point, newest point first: later proofs stand behind the first one, newest first.
verdicts() { # prefix
  awk -v prefix="$1" '
    index($0, prefix) == 1 {
      rest = substr($0, length(prefix) + 1)
      name = rest
      sub(/[.\/].*$/, "", name)
      if (name !~ /^[0-9]+-configuration-/) next
      if (name != last) { if (last != "") print key; last = name; key = $0; first = rest !~ /\//; next }
      if (first) { key = $0; first = 0 }
    }
    END { if (last != "") print key }'
}

# The newest point that is proven, into $proven_id, and the time that it is of, into $proven_at; both are empty where there is none. Fails where nobody can tell.
newest_proven() { # subject
  local prefix="catalogue/proofs/configuration/$1/" keys key name looked=0
  proven_id="" proven_at=""
  keys=$(ask_vault list-objects-v2 --prefix "$prefix" --no-paginate --query 'Contents[].[Key]' --output text) || return 1
  while read -r key && [ "$looked" -lt "$LOOKED_AT" ]; do
    looked=$((looked + 1))
    ask_vault get-object --key "$key" "$WORK/proof" </dev/null >/dev/null || return 1
    name=${key#"$prefix"} name=${name%%[./]*}
    # The proof's code is not asked: this role may not use the catalogue's key. Whoever forges one keeps a lag quiet, and alarms as a forger.
    case "$(cat "$WORK/proof")" in
      *"\"system\":\"$SYSTEM\""*"\"pointId\":\"${name#*-}\""*'"passed":true,"checks":['*)
        proven_id=${name#*-}
        # A key begins with the milliseconds that are left until the end of its thirteen digits.
        proven_at=$(date -u -d "@$((9999999999 - 10#${name:0:10}))" +%Y-%m-%dT%H:%M:%SZ)
        return 0
        ;;
    esac
  done < <(printf '%s\n' "$keys" | verdicts "$prefix")
}

# Of a repository that was exported: until when its source is known to be in the vault (`in-sync-at`), whether what was exported last is there (`proven`), and
# whether it is exported again though nothing changed (`due`). Who cannot look into the vault leaves all of that as it was.
look_at() { # repository, folder
  local state="$2/state.json" age at
  age=$(($(date -u +%s) - $(date -u -d "$(field exportedAt "$state")" +%s)))
  if [ "$age" -ge "$REFRESH_SECONDS" ]; then touch "$2/due"; fi
  if [ "$vault_away" = yes ]; then return 0; fi
  if [ "$SECONDS" -ge "$look_ends" ]; then
    echo "$1: no time is left to see whether the vault has it: it does not count as seen there in this run" >&2
    return 0
  fi
  if ! newest_proven "repositories/$1"; then
    echo "$1: the vault cannot be looked at: no repository counts as seen there in the rest of this run" >&2
    vault_away=yes
    return 0
  fi
  at=$(field inSyncAt "$state")
  # A point that a later one took the place of before it was proven counts too: what changes with every run is never seen unchanged.
  if [[ "$proven_at" > "$at" ]]; then at=$proven_at; fi
  printf '%s' "$at" >"$2/in-sync-at"
  if [ "$proven_id" = "$(field pointId "$state")" ]; then
    touch "$2/proven"
  elif [ "$age" -ge "$REFRESH_UNPROVEN_SECONDS" ]; then
    touch "$2/due"
  fi
}
