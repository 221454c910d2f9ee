#!/usr/bin/env bash
# Installs the peer engines and the corpora that `./kiln bench` measures, into $KILN_PEERS (else ~/.cache/kiln-peers).
# Engines come from npm (node = V8, bun = JavaScriptCore, wizer = Wasmtime with Cranelift) and Debian (gcc); the corpora
# and the programs that drive the peers from the folder shared/bench beside the repository ($KILN_BENCH).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
corpora=${KILN_BENCH:-$root/../shared/bench}
[[ -x $corpora/peers.sh || -f $corpora/peers.sh ]] || { echo "peers: no corpora in $corpora (set KILN_BENCH)" >&2; exit 2; }
missing=()
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v python3 >/dev/null || missing+=(python3-minimal)
command -v nm >/dev/null || missing+=(binutils)
command -v npm >/dev/null || missing+=(npm)
if ((${#missing[@]})); then
  as_root=(); [[ $(id -u) -eq 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
fi
bash "$corpora/peers.sh" "${KILN_PEERS:-$HOME/.cache/kiln-peers}"
