# What dump.sh is made of: one database's dump, and the queries about it.

fail() {
  echo "dump: $1" >&2
  exit 1
}

psql_rows() {
  PGCLIENTENCODING=UTF8 psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"
}

query() {
  psql_rows --command="$1"
}

# SQL of a time as ISO text in UTC, never later than it was.
iso() {
  printf "to_char(date_trunc('milliseconds', %s) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')" "$1"
}

dump_roles() {
  pg_dumpall --roles-only --no-role-passwords --database="$PGDATABASE" --file="$DUMP/roles.sql"
  if grep -q "PASSWORD '" "$DUMP/roles.sql"; then fail "the roles were dumped with their passwords"; fi
}

# The fields of a part in the manifest: of the file $1 in $DUMP.
part_fields() {
  local size sha256
  size=$(wc -c <"$DUMP/$1" | tr -d ' ')
  sha256=$(sha256sum <"$DUMP/$1" | cut -d' ' -f1)
  printf '"key":"postgres/%s/%s","sizeBytes":%s,"sha256":"%s"' "$POINT" "$1" "$size" "$sha256"
}

# Dumps database $1 into the folder $2 of $DUMP, and prints what the manifest says of it, in one line.
# A session holds the snapshot that pg_dump takes its data of, and counts rows in it meanwhile: nothing that is written during the dump is in either.
dump_database() {
  local name=$1 folder=$2 session=$WORK/session holder snapshot
  echo "dump: database $name" >&2
  export PGDATABASE=$name
  rm -rf "$session"
  mkdir "$DUMP/$folder" "$session"
  mkfifo "$session/commands"
  (cd "$session" && psql_rows <commands) &
  holder=$!
  exec 8>"$session/commands"
  hold_snapshot >&8
  until [[ -e $session/held ]]; do
    kill -0 "$holder" 2>/dev/null || fail "no snapshot of database $name could be taken"
    sleep 0.02
  done
  count_rows >&8
  snapshot=$(<"$session/snapshot")
  pg_dump --format=custom --compress=0 --blobs --snapshot="$snapshot" | in_frames "$DUMP/$folder" "$session/number"
  exec 8>&-
  wait "$holder" || fail "the rows of database $name could not be counted in its dump's snapshot"

  read_back "$folder"
  expect_same "$session" "$DUMP/$folder/toc.txt" "$name"
  describe "$session" "$folder"
}

# Compresses into the parts of the folder $1; $2 is a file for the number of the part that is being filled. So much of the archive is a zstd frame of its
# own, which can be read without those before it. A part that has reached half of its size takes no more of them: what does not compress is as large
# again. One after the other the parts are what `zstd -d` reads as one. zstd works in one thread: beside pg_dump and the server its own threads for
# reading and writing take a third more time (measured on two cores).
in_frames() {
  export PART="$1/part-" NUMBER=$2 HALF=$((PART_SIZE / 2))
  echo 0 >"$NUMBER"
  # split waits for a frame's end before it begins the next one. The files that it names are not made.
  SHELL=/bin/sh split -b "$HALF" -a 7 --filter='
    set -e
    read -r number <"$NUMBER"
    part=$(printf "%s%05d.zst" "$PART" "$number")
    if [ -e "$part" ] && [ "$(wc -c <"$part")" -ge "$HALF" ]; then
      number=$((number + 1))
      echo "$number" >"$NUMBER"
      part=$(printf "%s%05d.zst" "$PART" "$number")
    fi
    zstd -q -3 --single-thread -c >>"$part"' - frame-
}

# The table of contents comes first, and who lists it reads no further: its pipe breaks. The rest is read back where it is restored from: `verify`
# decompresses and walks every byte of what arrived.
read_back() {
  (
    set +o pipefail
    cat "$DUMP/$1"/part-* 2>/dev/null | zstd -q -d -c 2>/dev/null | pg_restore --list >"$DUMP/$1/toc.txt"
  )
}

# The tables with data in the archive must be those whose rows were counted.
expect_same() {
  awk '$1 !~ /^;/ && $4 == "TABLE" && $5 == "DATA" { print $3 }' "$2" | sort >"$1/archived"
  sed -n 's/^{"oid" : \([0-9]*\),.*$/\1/p' "$1/tables" | sort >"$1/counted"
  diff "$1/counted" "$1/archived" >&2 || fail "the archive of database $3 has not the tables whose rows were counted (< counted, > archived, by oid)"
}

describe() {
  local facts taken tables entries toc parts
  facts=$(<"$1/facts")
  taken=$(<"$1/taken")
  tables=$(paste -sd, "$1/tables")
  entries=$(sed -n 's/^;  *TOC Entries: \([0-9]*\)$/\1/p' "$DUMP/$2/toc.txt")
  toc=$(part_fields "$2/toc.txt")
  parts=$(parts_of "$2")
  printf '{"database":%s,"snapshot":%s,"tables":[%s],' "$facts" "$taken" "$tables"
  printf '"toc":{"entries":%s,%s},"parts":[%s]}\n' "$entries" "$toc" "$parts"
}

parts_of() {
  local file fields separator=''
  for file in "$DUMP/$1"/part-*; do
    fields=$(part_fields "$1/${file##*/}")
    printf '%s{%s}' "$separator" "$fields"
    separator=,
  done
}

# Limits that a role or a database may have set would cut a long dump; pg_dump lifts them for itself.
hold_snapshot() {
  cat <<SQL
SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN
  ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout') \\g /dev/null
SET row_security = off;
SELECT $(iso 'clock_timestamp()') AS taken_at,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END AS lsn \\gset
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \\gset
SELECT :'snapshot' \\g snapshot
SELECT json_build_object('id', :'snapshot', 'takenAt', :'taken_at', 'lsn', :'lsn') \\g taken
SELECT true \\g held
SQL
}

# The tables that pg_dump dumps: of no system schema, and of an extension only those that it marked as its user's, with its own condition.
# https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-CONFIG-TABLES
count_rows() {
  cat <<'SQL'
SELECT json_build_object(
  'oid', d.oid::bigint, 'name', d.datname, 'owner', pg_get_userbyid(d.datdba), 'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate,
  'extensions', (
    SELECT coalesce(json_agg(json_build_object('name', e.extname, 'version', e.extversion, 'schema', n.nspname) ORDER BY e.extname), '[]')
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.oid >= 16384),
  'largeObjects', (SELECT count(*) FROM pg_largeobject_metadata),
  'sequences', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname !~ '^pg_'))
FROM pg_database d WHERE d.datname = current_database() \g facts
\o tables
WITH configured AS (
  SELECT config.oid, config.condition FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS config (oid, condition) WHERE e.oid >= 16384)
SELECT format(
  'SELECT json_build_object(''oid'', %s, ''schema'', %L::text, ''name'', %L::text, ''rows'', count(*)) FROM ONLY %I.%I %s',
  c.oid, n.nspname, c.relname, n.nspname, c.relname, coalesce(configured.condition, ''))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN configured ON configured.oid = c.oid
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (configured.oid IS NOT NULL OR NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e'))
ORDER BY c.oid \gexec
\o
SQL
}
