# Sourced by the other scripts: the private Node.js, if there is one, comes first.
if [ -x .tools/bin/node ]; then
  PATH="$PWD/.tools/bin:$PATH"
  export PATH
fi

node_is_new_enough() {
  command -v node >/dev/null 2>&1 &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
