#!/bin/sh
# Real documents and our rules: whatever the rules find in Kela's published
# prescriptions and in public messages of the test environment is listed, with
# its reason, in tests/golden/corpus-findings.txt. UPDATE=1 writes the list
# anew; then read it.
. "$(dirname "$0")/../lib/tap.sh"
golden=$root/tests/golden/corpus-findings.txt

[ -d "$corpus/kela-prescriptions" ] || skip_all "the corpus is not here"
corpus=$(cd "$corpus" && pwd)

cd "$corpus" || exit 2
find kela-prescriptions hus-messages -name '*.xml' | LC_ALL=C sort |
    tr '\n' '\0' |
    xargs -0 "$esitesti" check --lang en --stages rules > "$work/out" 2>&1
cd "$work" || exit 2
grep -q '^files 77 ' out
ok $? "the documents were looked at"
sed -nE 's/^(.*\.xml(#document)?)(:[0-9]+:[0-9]+)?: (error|warning|info) (ESI-[A-Z]+-[0-9]+): .*/\1\t\4\t\5/p' \
    out | LC_ALL=C sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)$/\2\t\1/' > got
if [ "${UPDATE:-}" = 1 ]; then
	grep '^#' "$golden" > new
	cat new got > "$golden"
fi
grep -v '^#' "$golden" | diff - got > differences
ok $? "what the rules find in them is what the list has"
sed 's/^/# /' differences
grep -v '^#' "$golden" | cut -f3 | LC_ALL=C sort -u > found
sed -nE 's/^# (ESI-[A-Z]+-[0-9]+) .*/\1/p' "$golden" | LC_ALL=C sort -u |
    diff - found > differences
ok $? "every rule in it has its reason there"
sed 's/^/# /' differences
done_testing
