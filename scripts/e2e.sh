#!/usr/bin/env bash
# Browser tests against the real product: its own servers, real workers, the distribution's Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
scripts/web.sh build
cargo build --quiet -p cloudmanager
(
  cd tests/browser
  if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock.json
  fi
)
data=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
env -u DATABASE_URL -u REDIS_URL ./target/debug/cloudmanager up --data-dir "$data" --port "$port" >"$data/up.out" 2>&1 &
up=$!
trap 'kill $up 2>/dev/null || true; wait $up 2>/dev/null || true; rm -rf "$data"' EXIT
for _ in $(seq 600); do
  [ -e "$data/runtime.json" ] && break
  kill -0 $up 2>/dev/null || { cat "$data/up.out" >&2; exit 1; }
  sleep 0.1
done
chromium=$(command -v chromium || command -v chromium-browser)
cd tests/browser
CM_RUNTIME="$data/runtime.json" CHROMIUM="$chromium" node --test --test-concurrency=1 --test-reporter=spec *.test.mjs
