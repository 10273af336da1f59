#!/usr/bin/env bash
# Dumps every database of a PostgreSQL server into $WORK/dump, with a manifest that is written last. A failure at any line leaves no manifest.
# Reads SYSTEM, PGHOST, PGPORT, PGDATABASE (any database that can be connected to), and what credentials.sh left in $CREDENTIALS.
set -euo pipefail
shopt -s inherit_errexit
umask 027
source "$FILES/database.sh"

DUMP="$WORK/dump"
# Bytes of a part at most, but for what zstd adds to what does not compress: 128 KiB.
PART_SIZE=${PART_SIZE:-67108864}
export LC_ALL=C TZ=UTC
export PGUSER PGPASSWORD
PGUSER=$(<"$CREDENTIALS/username")
PGPASSWORD=$(<"$CREDENTIALS/password")
export PGSSLMODE=verify-full PGSSLROOTCERT="$CREDENTIALS/authorities.pem" PGCONNECT_TIMEOUT=30 PGAPPNAME=lifeboat-dump

mkdir "$DUMP" "$DUMP/databases" || fail "$DUMP stands there already. Hint: every run has a folder of its own"

dumped="datallowconn AND NOT datistemplate AND datname <> 'rdsadmin'"
psql_rows \
  --command="SELECT $(iso 'clock_timestamp()')" \
  --command="SELECT json_build_object('version', current_setting('server_version'))" \
  --command="SELECT coalesce(json_agg(datname ORDER BY datname) FILTER (WHERE NOT ($dumped)), '[]') FROM pg_database" >"$WORK/server"
{
  read -r started_at
  read -r server
  read -r excluded
} <"$WORK/server"
psql_rows -0 --command="SELECT datname FROM pg_database WHERE $dumped ORDER BY datname" >"$WORK/names"
client=$(pg_dump --version | awk '{ print $3 }')
random=$(od -An -N2 -tx1 /dev/urandom | tr -d ' ')
stamp=$(sed 's/[-:]//g; s/\.[0-9]*//' <<<"$started_at")
POINT="postgres-$stamp-$random"

dump_roles &
roles_dump=$!
maintenance=$PGDATABASE
number=0
while IFS= read -r -u 9 -d '' name; do
  printf -v folder 'databases/%04d' "$number"
  dump_database "$name" "$folder" >>"$WORK/databases.json"
  number=$((number + 1))
done 9<"$WORK/names"
((number > 0)) || fail "the server has no database that can be dumped"

export PGDATABASE=$maintenance
wait "$roles_dump" || fail "the roles could not be dumped"
roles=$(grep -c '^CREATE ROLE ' "$DUMP/roles.sql")
roles_fields=$(part_fields roles.sql)
databases=$(paste -sd, "$WORK/databases.json")
finished_at=$(query "SELECT $(iso 'clock_timestamp()')")
{
  printf '{"schema":"lifeboat/postgres-dump/1","system":"%s","pointId":"%s",' "$SYSTEM" "$POINT"
  printf '"window":{"startedAt":"%s","finishedAt":"%s"},"server":%s,"client":{"version":"%s"},' "$started_at" "$finished_at" "$server" "$client"
  printf '"format":{"name":"pg_dump custom","compression":"zstd"},"excluded":%s,' "$excluded"
  printf '"roles":{"roles":%s,%s},"databases":[%s]}\n' "$roles" "$roles_fields" "$databases"
} >"$WORK/manifest.json"
# The rename is what makes the dump complete: a full disk leaves no half manifest under this name.
mv "$WORK/manifest.json" "$DUMP/manifest.json"
echo "dump: $POINT, $number databases, $(du -sk "$DUMP" | cut -f1) KiB"
