#!/usr/bin/env bash
# Browser tests against the real product: its own PostgreSQL, Redis and workers, a real IMAP and SMTP server, the
# distribution's Chromium or the browser that CHROMIUM names. Arguments name the files of tests/browser to run; without any, all of them run.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
# shellcheck source=scripts/env.sh
. scripts/env.sh
# shellcheck source=scripts/rust-env.sh
. scripts/rust-env.sh
scripts/web.sh build
# With the features of the whole workspace, as the Rust tests were built: nothing is compiled twice.
cargo build --quiet --workspace --bin cloudmanager
(
  cd tests/browser
  if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock.json
  fi
)
data=$(mktemp -d)
# The mail servers run as somebody else, who has to reach their files.
chmod 755 "$data"
read -r -a port < <(node -e '
  const { createServer } = require("node:net");
  const held = Array.from({ length: 5 }, () => createServer().listen(0, "127.0.0.1"));
  Promise.all(held.map((server) => new Promise((ready) => server.once("listening", ready)))).then(() => {
    console.log(held.map((server) => server.address().port).join(" "));
    held.forEach((server) => server.close());
  });')

mkfifo "$data/hold"
scripts/mail-servers.sh "$data/mail" "${port[@]:0:4}" yasmine@client.test <"$data/hold" >"$data/mail.out" 2>&1 &
mail=$!
# The mail servers stop when this end of the pipe closes.
exec 9>"$data/hold"
export CM_IMAP_CA="$data/mail/ca.pem" CM_SMTP_CA="$data/mail/ca.pem"
export CM_SMTP_URL="smtp://support%40cloudmanager.test:secret@localhost:${port[2]}?tls=required"
# A role of the tests that must have a second factor; the demo's people need none.
export CM_SECOND_FACTOR_ROLES=guarded
# The provider of single sign-on runs on this machine.
export CM_OUTBOUND=loopback
# A few people do here in a minute what others do in a day.
export CM_RATE_LIMITS=off
env -u DATABASE_URL -u REDIS_URL \
  setpriv --pdeathsig TERM -- ./target/debug/cloudmanager up --data-dir "$data" --port "${port[4]}" >"$data/up.out" 2>&1 9>&- &
up=$!
stop() {
  local result=$?
  kill $up 2>/dev/null || true
  exec 9>&-
  wait $up $mail 2>/dev/null || true
  if [ $result -ne 0 ]; then
    local kept="$root/tests/browser/out/logs"
    rm -rf "$kept"
    mkdir -p "$kept"
    cp "$data/up.out" "$data/mail.out" "$data"/logs/*.log "$kept"
    echo "what the product and the mail servers said: $kept" >&2
    cat "$data/failures" >&2 2>/dev/null || true
  fi
  rm -rf "$data"
}
trap stop EXIT
until [ -e "$data/runtime.json" ] && grep -q ready "$data/mail.out"; do
  if ! kill -0 $up 2>/dev/null || ! kill -0 $mail 2>/dev/null; then
    cat "$data/up.out" "$data/mail.out" >&2
    exit 1
  fi
  sleep 0.1
done

cd tests/browser
[ $# -gt 0 ] || set -- ./*.test.mjs
export CM_RUNTIME="$data/runtime.json" CM_MAIL_CA="$data/mail/ca.pem" CM_IMAP_PORT="${port[1]}" CM_SMTP_PORT="${port[3]}"
CHROMIUM=${CHROMIUM:-$(command -v chromium-headless-shell || command -v chromium || command -v chromium-browser)}
export CHROMIUM
node --test --test-concurrency=2 --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=./lib/failures.mjs --test-reporter-destination="$data/failures" "$@" 9>&-
