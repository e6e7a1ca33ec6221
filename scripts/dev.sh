#!/usr/bin/env bash
# The back end as `up` starts it, and the web application with fast reload in front of it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
scripts/web.sh build
cargo build --quiet --workspace --bin cloudmanager
./target/debug/cloudmanager up --port "${PORT:-8080}" &
trap 'kill %1 2>/dev/null; wait' EXIT
cd web
API_URL="http://localhost:${PORT:-8080}" npm run dev
