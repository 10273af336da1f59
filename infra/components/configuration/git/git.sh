# What the git steps share; read by `.`, for any POSIX shell.
umask 077
TAB=$(printf '\t')
# Nobody answers here, and a connection that stands still ends.
export GIT_TERMINAL_PROMPT=0 GIT_HTTP_LOW_SPEED_LIMIT=1000 GIT_HTTP_LOW_SPEED_TIME=60
# The pod has a gibibyte, and git ends with it where it takes more, the other repositories' run too: https://git-scm.com/docs/git-config#Documentation/git-config.txt-packwindowMemory
export GIT_CONFIG_COUNT=4 GIT_CONFIG_KEY_0=pack.threads GIT_CONFIG_VALUE_0=1 GIT_CONFIG_KEY_1=pack.windowMemory GIT_CONFIG_VALUE_1=256m
# Larger files are streamed, without a search for deltas: https://git-scm.com/docs/git-config#Documentation/git-config.txt-corebigFileThreshold
export GIT_CONFIG_KEY_2=core.bigFileThreshold GIT_CONFIG_VALUE_2=64m GIT_CONFIG_KEY_3=pack.deltaCacheSize GIT_CONFIG_VALUE_3=64m
# Refs are listed in seconds, or their server is away: it must not take the time that others' clones need.
LIST_SECONDS=60

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

fail() {
  echo "$*" >&2
  exit 1
}

# Every call of git ends with its repository's time, REPOSITORY_ENDS. Its helpers end when they find nobody at the other end of their pipes.
git() {
  left=$((REPOSITORY_ENDS - $(date -u +%s)))
  if [ "$left" -gt "${git_seconds:-$left}" ]; then left=$git_seconds; fi
  # 0 would be no limit at all.
  if [ "$left" -le 0 ]; then fail "no time is left to call git $1"; fi
  status=0
  timeout -k 10 "$left" git "$@" || status=$?
  # 124 of GNU, 143 of BusyBox: https://git.busybox.net/busybox/tree/coreutils/timeout.c
  if [ "$status" -eq 124 ] || [ "$status" -eq 143 ]; then echo "git $1 was ended after its $left seconds" >&2; fi
  return "$status"
}

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }

# For the calls that follow: of `$CREDENTIALS/<name>.source` or `.mirror`, whatever was fetched there.
use_credentials() {
  export LIFEBOAT_CREDENTIAL="$CREDENTIALS/$1" GIT_ASKPASS="$FILES/askpass.sh"
  key=""
  if [ -f "$CREDENTIALS/$1.key" ]; then key="-i '$CREDENTIALS/$1.key' -o IdentitiesOnly=yes"; fi
  export GIT_SSH_COMMAND="ssh $key -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile='$FILES/known_hosts' -o ConnectTimeout=30 -o ServerAliveInterval=15"
}

# Every ref of a remote as `<object>TAB<ref>`, sorted, into a file; its HEAD into `<file>.head`: the branch's name, the object, or nothing.
# A tag's object is the tag; what it points to (`^{}`) is in the pack by it.
list_refs() { # url, file
  git_seconds=$LIST_SECONDS
  git ls-remote --symref "$1" >"$2.raw"
  git_seconds=''
  awk -F'\t' '!/^ref: / && $2 ~ /^refs\// && $2 !~ /\^\{\}$/' "$2.raw" >"$2.unsorted"
  LC_ALL=C sort -t "$TAB" -k 2 "$2.unsorted" >"$2"
  awk -F'\t' '$2 == "HEAD" { sub(/^ref: /, "", $1); print $1 }' "$2.raw" >"$2.head"
}

# The same of a repository on this disk.
own_refs() { # folder, file
  git -C "$1" for-each-ref --format='%(objectname)%09%(refname)' >"$2.unsorted"
  LC_ALL=C sort -t "$TAB" -k 2 "$2.unsorted" >"$2"
}

digest_of() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

# A subject's state, which only the last step stores.
write_state() { # file, subject, digest, pointId, exportedAt, inSyncAt, lfs
  printf '{"schema":"lifeboat/configuration-state/1","subject":"%s","digest":"%s","pointId":"%s","exportedAt":"%s","inSyncAt":"%s","lfs":"%s"}' \
    "$2" "$3" "$4" "$5" "$6" "$7" >"$1.unfinished"
  mv "$1.unfinished" "$1"
}
