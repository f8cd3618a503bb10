# Sourced by ./convoy and deploy/tools/install: what both need to do slow things well.

# fail MESSAGE [NEXT STEP]: ends with exit code 1.
fail() {
  echo "convoy: $1" >&2
  [ $# -lt 2 ] || echo "        $2" >&2
  exit 1
}

# lock FILE: waits until no other process holds the lock; it is held until `unlock` or the process's end.
lock() {
  mkdir -p "$(dirname "$1")"
  exec 9>"$1"
  if command -v flock >/dev/null; then
    flock -n 9 || { echo "convoy: waits for another run that holds $1" >&2; flock 9; }
  else # macOS has no flock(1); the lock belongs to the open file, so it outlives perl.
    perl -MFcntl=:flock -e 'open(my $f, ">&=", 9) && flock($f, LOCK_EX) or die "flock: $!\n"'
  fi
}

unlock() { exec 9>&-; }

# step TITLE LOG NEXT-STEP COMMAND…: runs the command with its output in LOG. Says what it does, how long it has
# taken by now and in the end; when the command fails, shows the log's end and what to do, and ends with exit code 1.
step() {
  local title=$1 log=$2 next=$3 started=$SECONDS pid code=0 tick
  shift 3
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 9>&- </dev/null &
  pid=$!
  trap 'kill '"$pid"' 2>/dev/null || true; exit 130' INT TERM
  if [ -t 2 ]; then tick=1; else tick=10; echo "$title ..." >&2; fi
  while sleep 0.2; kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS - started >= 2 && (SECONDS - started) % tick == 0 && SECONDS != ${shown:-0})); then
      local shown=$SECONDS
      if [ -t 2 ]; then printf '\r%s ... %d s ' "$title" $((SECONDS - started)) >&2; else echo "$title ... $((SECONDS - started)) s" >&2; fi
    fi
  done
  wait "$pid" || code=$?
  trap - INT TERM
  [ ! -t 2 ] || printf '\r\033[K' >&2
  if [ "$code" -ne 0 ]; then
    tail -n 40 "$log" | sed 's/^/    /' >&2
    fail "$title: failed with exit code $code; all of its output is in $log" "$next"
  fi
  echo "$title: done in $((SECONDS - started)) s" >&2
}
