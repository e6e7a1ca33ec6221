#!/usr/bin/env bash
# Everything that can be checked without running the product.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/rust-env.sh
. scripts/rust-env.sh
said=$(mktemp)
trap 'rm -f "$said"' EXIT
# The binary embeds the web application; linting needs the folder, not its content.
mkdir -p web/dist

cargo fmt --all --check
clippy-driver --version >/dev/null 2>&1 || { echo "clippy is missing: rustup component add clippy" >&2; exit 1; }
# Everything is compiled as `make test` runs it; any warning counts.
cargo test --quiet --workspace --no-run --message-format short 2>&1 | tee "$said"
[ ! -s "$said" ] || { echo "warnings count as errors" >&2; exit 1; }

long=$(git ls-files '*.rs' '*.ts' '*.tsx' | grep -vE 'generated|\.d\.ts$' | xargs wc -l | awk '$2 != "total" && $1 > 600 { print "  " $1 " " $2 }')
if [ -n "$long" ]; then
  printf 'files over 600 lines:\n%s\n' "$long" >&2
  exit 1
fi

# Only queue knows apalis, only store and its tests know diesel, only api knows axum; nothing points upward.
python3 - <<'PY'
import json, subprocess, sys
packages = json.loads(subprocess.check_output(["cargo", "metadata", "--no-deps", "--format-version=1"]))["packages"]
uses = {p["name"]: {d["name"] for d in p["dependencies"] if d["kind"] is None} for p in packages}
allowed = {
    "domain": set(), "jobs": {"domain"}, "store": {"domain", "jobs"}, "app": {"domain", "jobs", "store"},
    "queue": {"jobs"}, "integrations": {"domain"}, "printing": {"domain"}, "api": {"app", "domain", "jobs", "store"}, "private": set(), "simulators": set(),
    "workers": {"app", "domain", "jobs", "store", "queue", "integrations", "printing"},
    "scheduler": {"app", "domain", "jobs", "store", "queue"},
}
wrong = [f"{name} must not depend on {extra}" for name, own in allowed.items() for extra in sorted((uses[name] & uses.keys()) - own)]
owners = {"apalis-redis": {"queue"}, "redis": {"queue"}, "diesel": {"store", "proof"}, "axum": {"api", "cloudmanager", "simulators"}}
wrong += [f"{name} must not use {crate}" for crate, who in owners.items() for name in uses if crate in uses[name] and name not in who]
if wrong:
    sys.exit("\n".join(wrong))
PY
# RUSTSEC-2023-0071 (`rsa` leaks a private key by how long it works with it) is accepted for what only verifies signatures with
# public keys; docs/SECURITY.md says more. Another user of `rsa`, or a private RSA key of ours, ends that.
cargo metadata --format-version=1 --locked --filter-platform "$(rustc -vV | sed -n 's/^host: //p')" | python3 -c '
import json, sys
found = json.load(sys.stdin)
names = {p["id"]: p["name"] for p in found["packages"]}
users = {names[n["id"]] for n in found["resolve"]["nodes"] if any(names[d["pkg"]] == "rsa" for d in n["deps"])}
if new := users - {"openidconnect", "crypto-glue"}:
    sys.exit("RUSTSEC-2023-0071: rsa is used by " + ", ".join(sorted(new)) + ", see docs/SECURITY.md")
'
if git grep -nE 'RsaPrivate(Signing)?Key' -- '*.rs'; then
  echo 'RUSTSEC-2023-0071: no private RSA keys, see docs/SECURITY.md' >&2
  exit 1
fi
scripts/web.sh lint
echo "lint passed"
