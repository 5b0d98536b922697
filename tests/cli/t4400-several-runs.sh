#!/bin/sh
# One report over several run folders: shards, attempts, and what is missing.
. "$(dirname "$0")/../lib/tap.sh"

cases=$root/cases/potilastietovaranto
set -- "$cases"/ptv-yhteys-0[123].xml "$cases"/ptv-sanoma-01.xml
flat() { tr -s ' \n' ' ' < "$1"; }

for i in 1 2 3 4; do
	"$esitesti" run --shard $i/4 --lang en --out "s$i" "$@" > out 2>&1
done
"$esitesti" report s3 s1 s4 s2 --out all > out 2>&1
is $? 0 "all shards of a plan make a whole report"
for f in report.html junit.xml results.xml; do
	[ -s "all/$f" ]
	ok $? "with its $f"
done
xmllint --noout --relaxng "$root/cases/results.rng" all/results.xml 2> err
ok $? "results.xml is as its schema says"
is "$(grep -c '<testsuite ' all/junit.xml)" 4 "each case is in the JUnit file"
is "$(grep -o 'name="ptv[^"]*" tests' all/junit.xml | sort -c && echo yes)" yes \
    "in the order of their ids, whatever the order of the folders"
like "$(flat out)" "4 passed .*\[1\] s3 Shard 3/4 \[2\] s1 Shard 1/4" \
    "the table says which folder is which"
link=$(grep -o 'href="\.\./s[^"]*request.body"' all/report.html | head -n 1 |
    sed 's/href="//; s/"$//')
[ -s "all/$link" ]
ok $? "the page's links lead to the messages of their folder"
"$esitesti" report s1 > out 2>&1
is $? 0 "each folder can still be reported alone"

unlike "$(cat all/report.html)" "other shards" "nothing of the plan is left out"

out=$("$esitesti" report s1 s3 --junit part.xml --html part.html 2>&1)
is $? 6 "with shards missing the evidence is incomplete"
printf '%s\n' "$out" > out
like "$(flat out)" "Shards 1, 3 of 4 are here; missing: 2, 4\." "and it says which"
like "$(cat part.xml)" 'name="run"' "and the JUnit file is not green"
like "$(cat part.html)" "planned 4, run to their end 2" \
    "the page counts the whole plan's cases"
like "$(cat part.html)" "Test cases of the plan.s other shards" \
    "and says that those of the other shards were not checked"
out=$("$esitesti" report s1 s3 --lang 'fi' 2>&1)
printf '%s\n' "$out" > out
like "$(flat out)" "Suunnitelman 4 osasta mukana: 1, 3. Puuttuvat osat: 2, 4" \
    "in Finnish, too"
out=$("$esitesti" report --rejudge s1 s3 --lang en 2>&1)
is $? 6 "judging again tells it, too"
like "$out" "^s3:" "folder by folder"
like "$out" "missing: 2, 4" "and what is missing"
"$esitesti" report --rejudge s1 s2 s3 s4 > out 2>&1
is $? 0 "all of them judged again are the same"

"$esitesti" run --shard 2/4 --lang en --out again "$@" > out 2>&1
"$esitesti" report s1 s2 s3 s4 again > out 2>&1
is $? 6 "a shard that is there twice is told of"
like "$(flat out)" "more than once: 2 of 4" "by its number"
like "$(flat out)" "4 passed against" "its case still counts once"

# Attempts at the whole plan: a failed one is not forgotten.
"$esitesti" run --lang en --fault ack-flip --out first "$@" > out 2>&1
"$esitesti" run --lang en --out second "$@" > out 2>&1
is $? 0 "the second attempt passes"
"$esitesti" report second first --html attempts.html > out 2>&1
is $? 1 "of several attempts the worst counts"
like "$(flat out)" "run more than once: 4" "the report says that there are several"
like "$(cat out)" "passed.*ptv-sanoma-01 \[1\]" "the good attempt is shown"
like "$(cat out)" "failed.*ptv-sanoma-01 \[2\]" "and the failed one"
like "$(flat out)" "3 passed against" "and its case does not count as passed"
is "$(grep -c 'id="case-[12]-ptv-sanoma-01"' attempts.html)" 2 \
    "the page has both, each with an address of its own"

# What must not be mixed
out=$("$esitesti" report s1 s1 2>&1)
is $? 2 "the same run twice is refused"
like "$out" "is the same run as" "and named so"
"$esitesti" run --lang en --out other "$cases/ptv-yhteys-01.xml" > out 2>&1
out=$("$esitesti" report first other 2>&1)
is $? 2 "runs of different plans are refused"
like "$out" "'other' is a run of another plan than 'first'" "and named"
out=$("$esitesti" report s1 first 2>&1)
is $? 2 "a shard and a whole run do not go together"
like "$out" "another number of shards" "and it says why"
cp -R s2 target
sed -i '1s/"answerer":"[a-z-]*"/"answerer":"target"/' target/journal.jsonl
out=$("$esitesti" report s1 target 2>&1)
is $? 2 "receivers are not mixed"
like "$out" "another receiver" "and it says so"
cp -R s2 newer
sed -i '1s/"tool":"esitesti [^"]*"/"tool":"esitesti 9.9"/' newer/journal.jsonl
out=$("$esitesti" report s1 newer s3 s4 2>&1)
is $? 6 "versions of esitesti that differ are told of"
printf '%s\n' "$out" > out
like "$(flat out)" "different versions of esitesti: .* and esitesti 9.9" "by name"
like "$(flat out)" "Do not trust the results of these run folders: newer" \
    "and which folder was changed"

cp -R s2 cut
sed -i '$d' cut/journal.jsonl
"$esitesti" report s1 cut s3 s4 > out 2>&1
is $? 8 "a folder without its seal is an error"
like "$(flat out)" "The seal is missing.* Run folders: cut" "and named"
rm -f "$(find s1/messages -type f | head -n 1)"
"$esitesti" report s1 s2 s3 s4 > out 2>&1
is $? 6 "a lost message is found"
like "$(flat out)" "lacks the file s1/messages/" "with its folder"
out=$("$esitesti" report s1 nowhere 2>&1)
is $? 2 "a folder that is not there is an error"

done_testing
