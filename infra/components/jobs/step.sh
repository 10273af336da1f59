#!/bin/sh
# step.sh NAME COMMAND...: a job's step that is not its last one. Its image may know nothing of AWS, so that it cannot tell anybody that it failed: it leaves
# its name to the last step, which can, and ends well, because Kubernetes would start no other step. $CREDENTIALS is in memory: a full disk keeps no word back.
set -u
name=$1
shift
if [ -e "$CREDENTIALS/failed-step" ]; then
  echo "$name: left out, because $(cat "$CREDENTIALS/failed-step") failed" >&2
  exit 0
fi
"$@"
status=$?
if [ "$status" -eq 0 ]; then exit 0; fi
echo "$name: failed with exit code $status" >&2
printf '%s' "$name" >"$CREDENTIALS/failed-step" || exit "$status"
