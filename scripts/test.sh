#!/usr/bin/env bash
# The whole test suite, part by part. A part that fails does not hide the others; the exit code tells of all.
set -uo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
# shellcheck source=scripts/rust-env.sh
. scripts/rust-env.sh
passed=0
failed=0
report=()
# What a failed part ended with is said again at the very end: the parts after it print much.
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT

part() {
  local name=$1 started=$SECONDS
  shift
  echo "== $name"
  if "$@" 2>&1 | tee "$said/now"; then
    passed=$((passed + 1))
    report+=("$(printf '%-28s ok     %4d s' "$name" $((SECONDS - started)))")
  else
    failed=$((failed + 1))
    report+=("$(printf '%-28s FAILED %4d s' "$name" $((SECONDS - started)))")
    { echo "== $name: how it ended" && tail -n 60 "$said/now"; } >>"$said/failed"
  fi
}

# The web application's types are made from web/openapi.json, which must be what the binary says.
openapi_is_current() {
  cargo build --quiet --workspace --bin cloudmanager && ./target/debug/cloudmanager openapi | cmp - web/openapi.json || {
    echo "run \`make openapi\`, then \`npm run gen:api\` in web/" >&2
    return 1
  }
}

mkdir -p web/dist
part "web unit tests" scripts/web.sh test
part "web build" scripts/web.sh build
part "Rust tests" scripts/rust-tests.py
part "OpenAPI document is current" openapi_is_current
part "browser tests" scripts/e2e.sh
fault_suite() {
  cargo build --quiet --workspace --bin cloudmanager --bin proof && ./target/debug/proof fault --short
}
part "fault suite, short" fault_suite
part "API against its description" scripts/fuzz-api.sh

echo
[ ! -e "$said/failed" ] || cat "$said/failed"
printf '%s\n' "${report[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
