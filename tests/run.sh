#!/usr/bin/env bash
# Runs the tests: all of them, or with `quick` those not marked Category=Slow.
# Ends with one line that counts: "N passed, N failed, N skipped"; exit 0 only if none failed.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
filter=()
[[ ${1:-} == quick ]] && filter=(--filter 'Category!=Slow')
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

echo "building …"
if ! dotnet build Service.sln -c Release -v quiet -clp:NoSummary > "$results/build.log" 2>&1; then
  grep -E 'error' "$results/build.log" | sort -u | head -40
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

passed=0 failed=0 skipped=0
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  start=$SECONDS
  log=$results/$name.log
  # One project at a time: several of them measure time or load both cores by themselves.
  timeout 1500 dotnet test "$project" -c Release --no-build --nologo --logger "console;verbosity=minimal" "${filter[@]}" > "$log" 2>&1
  status=$?
  line=$(grep -aE '^(Passed!|Failed!|Skipped!) ' "$log" | tail -1)
  p=$(sed -nE 's/.*Passed: *([0-9]+).*/\1/p' <<< "$line"); f=$(sed -nE 's/.*Failed: *([0-9]+).*/\1/p' <<< "$line"); s=$(sed -nE 's/.*Skipped: *([0-9]+).*/\1/p' <<< "$line")
  if [[ -z $line ]]; then
    if [[ $status -eq 0 ]]; then p=0 f=0 s=0; else f=1; fi
  elif [[ $status -ne 0 && ${f:-0} -eq 0 ]]; then f=1
  fi
  printf '%-28s %5d passed %4d failed %4d skipped  %4d s\n' "$name" "${p:-0}" "${f:-0}" "${s:-0}" $((SECONDS - start))
  [[ ${f:-0} -gt 0 ]] && { grep -avE '^\s*at (System|Xunit|Microsoft)\.' "$log" | tail -150; }
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
done

echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
