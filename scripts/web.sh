#!/usr/bin/env bash
# Builds or checks the web application. Packages are installed when the lock file changed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
cd web
if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-lock.json
fi
case "${1:-build}" in
  build)
    # A build is current when nothing is newer than it.
    if [ ! -e dist/index.html ] || [ -n "$(find src public index.html vite.config.ts package-lock.json -newer dist/index.html -print -quit)" ]; then
      npm run --silent build
    fi
    ;;
  test) npm test --silent ;;
  lint)
    npm run --silent lint
    npm run --silent typecheck
    ;;
esac
