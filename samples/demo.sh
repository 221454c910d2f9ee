#!/usr/bin/env bash
# The main job on real programs: a daemon of its own, programs compiled and run through it, their output
# streamed, the second run from the cache, each limit hit once, and a trap with a backtrace of names.
# Started by `./kiln demo`, which sets KILN (the client) and KILN_DAEMON.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
kiln=${KILN:?start it with ./kiln demo}
work=$(mktemp -d)
export KILN_ENDPOINT=unix:$work/kilnd.sock
failed=0

if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' off=$'\e[0m'; else bold= dim= red= off=; fi

daemon_options=(--socket "$work/kilnd.sock" --listen none)
"${KILN_DAEMON:?}" "${daemon_options[@]}" --data "$work/data" > "$work/log" 2>&1 &
daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon 2>/dev/null; rm -rf "$work"' EXIT

title() { printf '\n%s%s%s\n' "$bold" "$1" "$off"; }

# expect STATUS COMMAND… : runs the client, shows the command, and checks its exit status.
expect() {
  local wanted=$1; shift
  printf '%s$ kiln %s%s\n' "$dim" "$*" "$off"
  "$kiln" "$@"
  local status=$?
  if [[ $status -ne $wanted ]]; then
    printf '%sexit status %d, expected %d%s\n' "$red" "$status" "$wanted" "$off"
    failed=1
  fi
}

for _ in $(seq 300); do "$KILN_DAEMON" healthcheck "${daemon_options[@]}" > /dev/null 2>&1 && break; sleep 0.1; done

title 'Markdown to HTML (C, wasi-libc): standard input in, standard output streamed back'
expect 0 run markdown/markdown.wasm --usage < markdown/sample.md

title 'The same again: compiled code comes from the cache'
expect 0 run markdown/markdown.wasm --usage < markdown/sample.md > /dev/null

title 'A JSON filter (C)'
expect 0 run json-filter/json-filter.wasm -- -r '.pots[?.cone>=6].name' < json-filter/sample.json
expect 0 run json-filter/json-filter.wasm -- -p '.pots[-1]' < json-filter/sample.json

title 'A compressor (C) over files that the client sends along'
expect 0 run lzpack/lzpack.wasm --dir markdown::/data -- t /data/markdown.c /data/markdown.wasm

title 'The Mandelbrot set (WAT)'
expect 0 run mandelbrot/mandelbrot.wat

title 'A function with arguments and a result'
expect 0 run mandelbrot/mandelbrot.wat --invoke escape_time -- -0.75 0.1 1000

title 'Fuel: an endless loop ends after 1,000,000 units'
expect 134 run limits/limits.wat --invoke spin --fuel 1000000 --usage

title 'Memory: a guest asks for 1 MiB after the other until 8 MiB are full; its result is the pages it has'
expect 0 run limits/limits.wat --invoke hoard --memory 8MiB

title 'Time: the same endless loop, 100 ms'
expect 124 run limits/limits.wat --invoke spin --timeout 100ms

title 'A trap, with the names of the functions it went through'
expect 134 run limits/limits.wat --invoke blur -- 100

echo
if [[ $failed -ne 0 ]]; then
  echo "${red}something was not as expected; the daemon's log:${off}"
  tail -40 "$work/log"
  exit 1
fi
echo "All as expected. Next: ./kiln test"
