#!/bin/sh
# The self-test: what a newcomer sees, and what it leaves behind.
. "$(dirname "$0")/../lib/tap.sh"

out=$("$esitesti" run --out run --junit ci.xml --lang en 2> err)
is $? 0 "the shipped cases pass against the embedded mock"
like "$out" "self-test" "the run calls itself a self-test"
like "$out" "report.html" "and says where the report is"
unlike "$out" "passed against Kanta" "it never speaks of Kanta for the mock"
is "$(cat err)" "" "nothing else is said when no terminal watches"

for f in journal.jsonl results.xml junit.xml report.html inputs/dialect.xml; do
	[ -s "run/$f" ]
	ok $? "the run folder has $f"
done
tail -n 1 run/journal.jsonl | grep -q '"event":"seal"'
ok $? "the journal is sealed"
is "$(find run -perm /077 | head -n 3)" "" "the run folder is private"

xmllint --noout ci.xml
ok $? "the JUnit file is well-formed"
planned=$("$esitesti" list | grep -c "^ptv-")
is "$(grep -c '<testsuite ' ci.xml)" "$planned" "every case of the dialect's service is a suite"
xmllint --noout --nonet --relaxng "$root/cases/results.rng" run/results.xml \
    2> rng.err
ok $? "results.xml fits its schema"
grep -qE '<script|src="http|href="http' run/report.html
[ $? -ne 0 ]
ok $? "the report loads nothing and runs nothing"

out=$("$esitesti" run --out run 2>&1)
is $? 2 "an old run is never overwritten"

before=$(sha256sum run/journal.jsonl)
out=$("$esitesti" report --rejudge run 2>&1)
is $? 0 "judged again, no verdict differs"
is "$(sha256sum run/journal.jsonl)" "$before" "and the record is untouched"

out=$("$esitesti" run --fault nonsense --out nonsense 2>&1)
is $? 2 "a mock that does not start is no result"
like "$out" "no fault 'nonsense'" "and its own words tell why"

sed 's/id="ptv-yhteys-02"/id="no-such"/; s/identity="unknown-ca"/identity="no-such"/' \
    "$root/cases/potilastietovaranto/ptv-yhteys-02.xml" > no-such.xml
out=$("$esitesti" run no-such.xml ptv-yhteys-01 --lang en --out no-such 2>&1)
is $? 8 "a certificate that is not there is an error"
like "$out" "passed +ptv-yhteys-01" "of its own case alone"

# A second run with the same plan sends other document ids.
"$esitesti" run --out other > /dev/null
a=$(grep -o '"document-oid":"[^"]*"' run/journal.jsonl | sort -u)
b=$(grep -o '"document-oid":"[^"]*"' other/journal.jsonl | sort -u)
[ -n "$a" ] && [ "$a" != "$b" ]
ok $? "each run makes fresh document ids"

"$esitesti" run --out one --case ptv-arkistointi-01 > /dev/null
is "$(grep -c '"event":"case-begin"' one/journal.jsonl)" 1 "--case runs one"
out=$("$esitesti" run --case nosuch 2>&1)
is $? 2 "--case with an unknown id is a usage error"
out=$("$esitesti" run --tag nosuch 2>&1)
is $? 2 "a tag that no case has leaves nothing to run"

# A reading of the raw record by somebody else's tools: the chain holds.
awk 'NR > 1 { print prev } { prev = $0 }' run/journal.jsonl |
    while IFS= read -r line; do
	printf '%s' "$line" | sha256sum | cut -c1-64
    done > sums
tail -n +2 run/journal.jsonl | grep -o '"prev":"[0-9a-f]*"' |
    cut -d'"' -f4 > prevs
cmp -s sums prevs
ok $? "each line holds the SHA-256 of the line before"

out=$("$esitesti" run --out flipped --lang en ptv-arkistointi-01 \
    --fault ack-flip)
like "$out" "No case passed: 1 failed, 0 stopped, 0 errors" \
    "where nothing passed it says what became of the cases"

done_testing
