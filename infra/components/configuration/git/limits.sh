# What one repository may take of a run, so that it costs none of the others: read by `.`, after git.sh where there is a git. For any POSIX shell.

# The lines of a file, in the order of this run: it begins elsewhere than the last one did. Multiples of the golden section are spread evenly, whatever
# the step between them (https://mathworld.wolfram.com/EquidistributedSequence.html): so each line is the first one at some time, though runs may outlast
# any number of turns. Reads EVERY_SECONDS.
in_turn() { # file
  awk -v turn="$(($(date -u +%s) / EVERY_SECONDS))" '
    { line[NR] = $0 }
    END {
      place = turn * 0.6180339887498949
      first = int((place - int(place)) * NR)
      for (i = 0; i < NR; i++) print line[(first + i) % NR + 1]
    }' "$1"
}

# KiB that may still be written below $WORK. A pod that writes more than WORK_BYTES is evicted, and nothing of its run is uploaded:
# https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
room_kib() {
  used=$(du -sk "$WORK" | awk '{ print $1 }')
  free=$(df -Pk "$WORK" | awk 'NR == 2 { print $4 }')
  # Folders, lists and what the kubelet counts otherwise take a twentieth.
  room=$((WORK_BYTES / 1024 / 20 * 19 - used))
  echo $((room < free ? room : free))
}

# Runs a script of $FILES that may write no file of more than a third of the room: a mirror, its bundle and a clone of that are there at once. The kernel sees to it,
# which asks for no watcher that looks too late: a write beyond it fails, in place of the signal that would end git without a word. The unit is 512 bytes:
# https://pubs.opengroup.org/onlinepubs/9699919799/utilities/ulimit.html
within() ( # KiB, script, arguments
  script="$FILES/$2"
  trap '' XFSZ
  ulimit -f "$(($1 * 2 / 3))"
  shift 2
  exec sh "$script" "$@"
)
