#!/bin/sh
# A chosen seed: the same bytes in each run, whatever the order of the workers.
. "$(dirname "$0")/../lib/tap.sh"

requests() { # requests RUN: each request's name without its number, and digest
	(cd "$1/messages" && sha256sum ./*.request.body) |
	    sed 's/  \.\/[0-9]*-/ /' | sort -k 2
}

"$esitesti" run --seed 42 --jobs 1 --out one > one.txt
is $? 0 "a run with a seed passes"
"$esitesti" run --seed 42 --jobs 8 --out eight > /dev/null
is $? 0 "so it does with eight workers"
requests one > one.sums
requests eight > eight.sums
[ "$(wc -l < one.sums)" -gt 40 ] && cmp -s one.sums eight.sums
ok $? "every request has the same bytes in both"
diff one.sums eight.sums | sed 's/^/# /' | head -5

"$esitesti" run --seed 43 --out other ptv-arkistointi-01 > /dev/null
requests other > other.sums
cut -d ' ' -f 1 other.sums > digests
! grep -qF -f digests one.sums
ok $? "another seed makes other bytes"

like "$(head -n 1 one/journal.jsonl)" '"seed":"42"' "the seed is recorded"
like "$(tr -s ' \n' ' ' < one.txt)" "Siemenluvulla 42" "and told"
like "$(cat one/results.xml)" 'seed="42"' "also to machines"
xmllint --noout --nonet --relaxng "$root/cases/results.rng" \
    one/results.xml 2> rng.err
ok $? "results.xml fits its schema"
unlike "$(cat one/journal.jsonl)" '"at":"2026-01-02' \
    "the journal's times are real"
out=$(ESITESTI_SEED=42 "$esitesti" run --out env ptv-arkistointi-01)
requests env > env.sums
is "$(grep -c -F -f env.sums one.sums)" 2 "the environment may give it, too"

test_certs
cat > esitesti.xml <<E2
<project xmlns="urn:esitesti:project:1">
  <system name="Oma" version="1"/>
  <pool><person code="010181-900C" given="T" family="E" birth="19810101"
      gender="2"/></pool>
  <target name="at" url="https://archive.at.kanta.fi:1/" ca="$certs/ca.pem"
      certificate="$certs/client.pem" key="$certs/client.key"/>
</project>
E2
out=$("$esitesti" run --seed 42 --target at --out real 2>&1)
is $? 2 "a real environment gets no ids that were used before"
like "$out" "fixed seed before the real environment 'at'" "and the words say so"
[ ! -e real ]
ok $? "before anything is written"
out=$("$esitesti" run --seed 0 --out zero 2>&1)
is $? 2 "0 is no seed"
out=$("$esitesti" run --seed 18446744073709551616 --out big 2>&1)
is $? 2 "nor is what has no room"

done_testing
