# Sourced by what compiles the workspace to check it. Lint and tests compile the same code: with the compiler that lints they do so once.
# Without it the tests run all the same, and `make lint` says what is missing.
if clippy-driver --version >/dev/null 2>&1; then
  export RUSTC_WORKSPACE_WRAPPER=clippy-driver
fi
