#!/usr/bin/env bash
# Runs the tests that `./kiln test` has built:
#   run.sh                  all of them
#   run.sh quick            those not marked Category=Slow
#   run.sh passes [NAME…]   real programs and the fuzzer's fixed seeds without one pass of the optimiser, for each pass in turn (or
#                           for these); the official suite without each pass is part of all tests
# Ends with one line that counts: "N passed, N failed, N skipped"; exit 0 only if none failed.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

dll() { echo "tests/$1/bin/Release/net10.0/Kiln.$1.dll"; }

# run HOSTS FILTER PROJECT… : runs projects, so many at a time, in one test session, and counts.
run() {
  local hosts=$1 filter=$2 log=$results/log status name line p f s; shift 2
  local dlls=(); for name in "$@"; do dlls+=("$(dll "$name")"); done
  timeout 1500 dotnet test "${dlls[@]}" --nologo --logger "console;verbosity=minimal" ${filter:+--filter "$filter"} -- "RunConfiguration.MaxCpuCount=$hosts" > "$log" 2>&1
  status=$?
  local missing=0
  for name in "$@"; do
    line=$(grep -aE "^(Passed|Failed|Skipped)! .* - Kiln\.$name\.dll" "$log" | tail -1)
    p=$(sed -nE 's/.*Passed: *([0-9]+).*/\1/p' <<< "$line"); f=$(sed -nE 's/.*Failed: *([0-9]+).*/\1/p' <<< "$line"); s=$(sed -nE 's/.*Skipped: *([0-9]+).*/\1/p' <<< "$line")
    if [[ -z $line ]] && ! grep -aqE "No test matches.*$name\.dll|No test .*filter.*$name" "$log"; then missing=1; fi
    printf '%-20s %5d passed %4d failed %4d skipped   %s\n' "$name" "${p:-0}" "${f:-0}" "${s:-0}" "$(sed -nE 's/.*Duration: ([^-]*) - .*/\1/p' <<< "$line")"
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  done
  # A host that crashed has no line; whatever else made the session fail counts once.
  if [[ $status -ne 0 ]]; then
    [[ $failed -eq 0 || $missing -ne 0 ]] && failed=$((failed + 1))
    grep -avE '^\s*at (System|Xunit|Microsoft)\.' "$log" | tail -150
  fi
}

# These measure time, or load both cores themselves, so they run alone. All others run two at a time.
alone=(Functional.Tests Engine.Tests RegAlloc.Tests Runtime.Tests Soak.Tests)
others=()
for project in tests/*.Tests; do
  name=$(basename "$project")
  [[ " ${alone[*]} " == *" $name "* ]] || others+=("$name")
done

case ${1:-all} in
  all) run 2 "" "${others[@]}"; run 1 "" "${alone[@]}" ;;
  quick) run 2 'Category!=Slow' "${others[@]}"; run 1 'Category!=Slow' "${alone[@]}" ;;
  passes)
    shift
    [[ $# -gt 0 ]] || set -- $(sed -nE 's/^ *new\(OptFlags\.[A-Za-z]+, *"([a-z-]+)".*/\1/p' engine/Codegen/Opt/OptFlags.cs)
    for pass in "$@"; do
      echo "without $pass:"
      KILN_WITHOUT_PASSES=$pass run 1 'FullyQualifiedName~CorpusTests|FullyQualifiedName~Programs_OfFixedSeeds' Spec.Tests Fuzz.Tests
    done ;;
  *) echo "run.sh: quick, passes or nothing, not $1" >&2; exit 2 ;;
esac

echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
