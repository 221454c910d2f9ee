#!/usr/bin/env bash
# Builds the C samples to WASI programs. Needs Debian's clang-19, lld-19, wasi-libc and
# libclang-rt-19-dev-wasm32. The .wasm files are checked in because a fresh machine has no Wasm toolchain.
set -euo pipefail
cd "$(dirname "$0")"
for program in markdown json-filter lzpack; do
  clang-19 --target=wasm32-wasi -O2 -Wall -Wextra -Werror -Wl,--strip-debug -o "$program/$program.wasm" "$program/$program.c" -lm
  printf '%s: %s bytes\n' "$program" "$(stat -c %s "$program/$program.wasm")"
done
