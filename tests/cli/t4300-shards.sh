#!/bin/sh
# A plan spread over several runs: who says so, which cases each takes.
. "$(dirname "$0")/../lib/tap.sh"

cases=$root/cases/potilastietovaranto
set -- "$cases"/ptv-yhteys-0[123].xml "$cases"/ptv-sanoma-0[12].xml
ids() { # ids RUN: of the plan, as its journal's first line has them
	head -n 1 "$1/journal.jsonl" | sed 's/.*"planned":\[\([^]]*\)\].*/\1/' |
	    tr -d '"' | tr , '\n'
}
head_of() { # head_of RUN MEMBER
	head -n 1 "$1/journal.jsonl" |
	    sed "s/.*\"$2\":\"\{0,1\}\([^\",]*\).*/\1/"
}

"$esitesti" run --out whole "$@" > out 2>&1
is $? 0 "the whole plan runs"
for i in 1 2 3; do
	"$esitesti" run --jobs $i --shard $i/3 --out "part$i" "$@" > out 2>&1
	is $? 0 "shard $i of 3 runs"
done
cat_ids() { for i in 1 2 3; do ids "part$i"; done; }
is "$(cat_ids | sort)" "$(ids whole | sort)" "each case is in exactly one shard"
is "$(ids part1 | wc -l)$(ids part2 | wc -l)$(ids part3 | wc -l)" 221 \
    "and they are of equal size"
is "$(head_of part2 plan-sha256)" "$(head_of whole plan-sha256)" \
    "a shard tells the digest of the whole plan"
is "$(head_of part2 shard) of $(head_of part2 shards)" "2 of 3" \
    "and which one it is"

out=$(CI_NODE_INDEX=2 CI_NODE_TOTAL=3 "$esitesti" run --lang en --out gitlab "$@")
is "$(ids gitlab)" "$(ids part2)" "GitLab's variables choose the same cases"
like "$(printf %s "$out" | tr -s ' \n' ' ')" \
    "shard 2 of 3 .*Chosen by CI_NODE_INDEX, CI_NODE_TOTAL" "and the table says so"
like "$(tr '\n' ' ' < gitlab/report.html)" "Chosen by CI_NODE_INDEX" "the page, too"
out=$(CI_NODE_INDEX=2 CI_NODE_TOTAL=3 "$esitesti" run --shard 1/1 --lang en \
    --out alone "$@")
is "$(ids alone)" "$(ids whole)" "--shard 1/1 runs all cases all the same"
out=$(ESITESTI_SHARD=3/3 "$esitesti" run --lang en --out own "$@")
like "$out" "ESITESTI_SHARD" "what chose is told by its own name"
out=$(JOB_COMPLETION_INDEX=0 ESITESTI_SHARDS=9 "$esitesti" run --lang en \
    --out pod "$@")
is "$(ids pod)" "$(ids whole | head -n 1)" "Kubernetes counts from 0"

out=$("$esitesti" run --shard 9/9 --lang en --out none "$@")
is $? 0 "a shard without a case succeeds"
like "$out" "No test case belongs to this shard" "and says so"
out=$("$esitesti" run --shard 9/9 --lang 'fi' --out nolla "$@")
like "$out" "ei kuulu yhtään testitapausta" "in Finnish, too"

out=$("$esitesti" run --shard 4/3 "$@" 2>&1)
is $? 2 "there is no shard 4 of 3"
like "$out" "hint: shards are numbered" "and the hint says how they count"
out=$(CI_NODE_INDEX=x CI_NODE_TOTAL=3 "$esitesti" run "$@" 2>&1)
is $? 2 "a variable that is no number stops the run"
like "$out" "CI_NODE_INDEX" "and is named"

done_testing
