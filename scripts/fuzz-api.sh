#!/usr/bin/env bash
# The API against its own description: requests that fit it and requests that almost do, for a bounded time; no answer may be
# a failure of the server. Arguments go to schemathesis, such as --seed 17 of a run that failed.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
# shellcheck source=scripts/rust-env.sh
. scripts/rust-env.sh
cargo build --quiet --workspace --bin cloudmanager
data=$(mktemp -d)
./target/debug/cloudmanager openapi --out "$data/openapi.json"
.tools/python/bin/openapi-spec-validator "$data/openapi.json"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# One caller sends thousands of requests.
env -u DATABASE_URL -u REDIS_URL CM_RATE_LIMITS=off \
  setpriv --pdeathsig TERM -- ./target/debug/cloudmanager up --data-dir "$data/run" --port "$port" >"$data/up.out" 2>&1 &
up=$!
stop() {
  kill $up 2>/dev/null || true
  wait $up 2>/dev/null || true
  rm -rf "$data"
}
trap stop EXIT
until [ -e "$data/run/runtime.json" ]; do
  kill -0 $up 2>/dev/null || { cat "$data/up.out" >&2; exit 1; }
  sleep 0.1
done
url="http://localhost:$port"
# The access token of whoever is named; the people of the demonstration have one password.
token() {
  python3 - "$url" "$data/run/runtime.json" "$1" <<'PY'
import json, sys, urllib.request
person = json.load(open(sys.argv[2]))["admin"] | {"email": sys.argv[3]}
request = urllib.request.Request(
    sys.argv[1] + "/api/v1/auth/login", json.dumps(person).encode(), {"content-type": "application/json"})
print(json.load(urllib.request.urlopen(request))["access_token"])
PY
}
# Asks for so many seconds, as whoever the options say.
ask() {
  local seconds=$1
  shift
  (
    cd "$data"
    PYTHONPATH="$root/scripts" SCHEMATHESIS_HOOKS=schemathesis_hooks "$root/.tools/python/bin/schemathesis" run openapi.json \
      --url "$url" --checks not_a_server_error --phases examples,coverage,fuzzing --max-time "$seconds" --request-timeout 20 \
      --max-examples 30 --workers 2 --continue-on-failure --generation-database none --warnings off --no-color "$@"
  )
}
signed_in=(--exclude-path /api/v1/events/stream --exclude-path-regex '^/api/v1/auth/')
admin=$(token admin@cloudmanager.test)
client=$(token client@cloudmanager.test)
ask 75 --header "Authorization: Bearer $admin" "${signed_in[@]}" "$@"
# A customer reaches other branches, and the wall between customers; whoever signs in is nobody yet.
ask 30 --header "Authorization: Bearer $client" "${signed_in[@]}" "$@"
ask 20 --include-path-regex '^/api/v1/auth/' "$@"
