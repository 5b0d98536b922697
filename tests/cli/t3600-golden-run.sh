#!/bin/sh
# A run folder of format version 1, kept for ever: it can be read, rendered and
# judged again, and damage to it is seen. tests/golden/run-1 is the record of
# version 0.1.0 with one fault (--fault ack-flip@2); it is never made anew.
. "$(dirname "$0")/../lib/tap.sh"

golden=$root/tests/golden/run-1
fresh() { # fresh NAME: a copy to work on
	rm -rf "$1"
	cp -R "$golden" "$1"
	chmod -R u+w "$1"
}
verdicts() {
	xmllint --format "$1/results.xml" | awk '
	function attribute(name,   at, rest) {
		at = index($0, " " name "=\"")
		rest = substr($0, at + length(name) + 3)
		return substr(rest, 1, index(rest, "\"") - 1)
	}
	/<case / { c = attribute("id") }
	/<step / { s = attribute("id") }
	/<expect / { print c, s, attribute("id"), attribute("kind") }'
}

fresh run
out=$("$esitesti" report run 2>&1)
is $? 1 "the golden run reports its failure"
verdicts run > got
cmp -s got "$golden.verdicts"
ok $? "with the verdicts that were recorded"
out=$("$esitesti" report --rejudge run 2>&1)
is $? 0 "judged again it gives the same verdicts"

# A record whose verdict no longer follows from its messages, its chain whole:
# judging again says which one, and what it was and is.
fresh judged
prev=$(printf '%064d' 0)
sed '/"expectation":"acknowledgement","kind":"fail"/s/"fail"/"pass"/' \
    run/journal.jsonl > lines
while IFS= read -r line; do
	case $line in
	*'"event":"seal"'*)
		line=$(printf '%s' "$line" |
		    sed "s/\"head\":\"[0-9a-f]*/\"head\":\"$prev/") ;;
	esac
	line=$(printf '%s' "$line" |
	    sed "s/\"prev\":\"[0-9a-f]*/\"prev\":\"$prev/")
	printf '%s\n' "$line"
	prev=$(printf '%s' "$line" | sha256sum | cut -c1-64)
done < lines > judged/journal.jsonl
out=$("$esitesti" report --rejudge --lang en judged 2>&1)
is $? 1 "a verdict that differs is a failure"
like "$out" "^ptv-arkistointi-01 fetch/acknowledgement: recorded: pass, now: fail" \
    "the one that differs is named, and how"
like "$out" "1 verdicts differ" "and counted"

unlike "$(cat run/report.html)" "dialect\.query" \
    "values of the dialect are not shown as kept by a case"

finnish=$("$esitesti" report run --lang "fi")
en=$("$esitesti" report run --lang en)
like "$finnish" "Kela ei ole tehnyt" "it reads in Finnish"
like "$en" "Kela has neither made" "and in English, whatever language it had"

# Another rule for what an acknowledgement means: judging again tells.
fresh other
sed 's/"ack.refused"\(.*\)<item>AE<\/item>/"ack.refused"\1/
    s/<item>AA<\/item>/<item>AE<\/item>/' run/inputs/dialect.xml \
    > other/inputs/dialect.xml
out=$("$esitesti" report --rejudge other 2>&1)
is $? 6 "inputs that were changed are not trusted"
like "$out" "dialect.xml" "and are named"

fresh cut
head -n 40 "$golden/journal.jsonl" > cut/journal.jsonl
printf '{"n":41,"at":"2026-' >> cut/journal.jsonl
out=$("$esitesti" report cut --lang en 2>&1)
is $? 8 "a record that was cut off is an error"
[ -s cut/report.html ]
ok $? "but can be rendered"

fresh changed
sed -i '/"event":"verdict"/s/"kind":"pass"/"kind": "pass"/' changed/journal.jsonl
out=$("$esitesti" report changed --lang en 2>&1)
is $? 6 "a changed line does not verify"
like "$out" "(chain|line)" "and the table says so"

out=$("$esitesti" report --rejudge --lang en changed 2>&1)
is $? 6 "judged again, it is not said to be in order"
like "$out" "line [0-9]+" "and the line is named"
out=$("$esitesti" report --rejudge --lang en cut 2>&1)
is $? 8 "nor is one that was cut off"

fresh newer-minor
sed -i '1s/esitesti-run\/1.0/esitesti-run\/1.7/
    1s/"role"/"flavour":"new","role"/' newer-minor/journal.jsonl
out=$("$esitesti" report newer-minor --lang en 2>&1)
like "$out" "ptv-arkistointi-01" "a newer minor version is read"

fresh message
f=$(find message/messages -name '0002-*response.body')
sed -i 's/<queryId /<queryId  /' "$f"
out=$("$esitesti" report --rejudge message 2>&1)
is $? 6 "a changed message is not judged"
like "$out" "0002-" "and is named"
out=$("$esitesti" report --lang en message 2>&1)
is $? 6 "nor is it rendered as evidence"
like "$(printf %s "$out" | tr -s " \n" " ")" "messages/0002-[^ ]*response.body was changed" "but named"
[ "$(grep -o '0002-[^ ]*response.body was changed' message/report.html |
    wc -l)" -eq 2 ]
ok $? "on the page, too: on top and beside the seal"
like "$(cat message/junit.xml)" 'name="run"' "and the JUnit file is not green"
rm "$f"
out=$("$esitesti" report --rejudge message 2>&1)
is $? 6 "neither is a missing one"
out=$("$esitesti" report --lang en message 2>&1)
is $? 6 "which the table tells of"
like "$(printf %s "$out" | tr -s " \n" " ")" "lacks the file messages/0002-" "by its name"

rm message/messages/*
out=$("$esitesti" report --rejudge --lang en message 2>&1)
like "$out" "^[0-9]+ more files are missing or changed" \
    "of many lost files some are named and the rest are counted"

fresh newer
sed -i '1s/esitesti-run\/1.0/esitesti-run\/2.0/' newer/journal.jsonl
out=$("$esitesti" report newer 2>&1)
is $? 8 "a format of another major version is refused"
like "$out" "esitesti-run/2.0" "and named"

fresh terse
sed -i '1s/"purpose":"[a-z-]*",//; 1s/"target":"[a-z-]*",//' terse/journal.jsonl
out=$("$esitesti" report terse 2>&1)
is $? 6 "a head that leaves things out is no crash"
like "$out" "ptv-arkistointi-01" "and the table is there"

# The receiver of a run against a named target, and what CI may print of it.
fresh target
sed -i '1s/"answerer":"[a-z-]*"/"answerer":"target"/
    1s/"target":"[a-z-]*"/"target":"at"/
    1s/"url":"[^"]*"/"url":"https:\/\/at.example.fi:8443\/x"/
    s/"trouble":"[^"]*"/"trouble":"resolve at.example.fi"/' target/journal.jsonl
out=$("$esitesti" report target --lang en | tr -s " \n" " ")
like "$out" "against target 'at' \(https://at.example.fi:8443/x\): " \
    "a named target is shown by name and address"
like "$(cat target/report.html)" "target 'at' \(https://at.example.fi:8443/x" \
    "on the page, too"
out=$(CI=true "$esitesti" report target --lang en)
unlike "$out" "at\.example|1\.2\.246\.10\.[0-9]" \
    "with CI=true the table names neither host nor party"
like "$(cat target/results.xml)" "at\.example" "what lies with the run is whole"

fresh rude
sed -i '1s/"planned":\[/"planned":["\\"><evil\/>\\u001b[2J",/' rude/journal.jsonl
out=$("$esitesti" report rude 2>&1)
is $? 6 "ids of a foreign folder are anybody's words"
xmllint --noout rude/junit.xml
ok $? "the JUnit file stays well-formed"
is "$(printf %s "$out" | tr -cd '\033')" "" "and the terminal gets no escape"

mkdir empty
out=$("$esitesti" report empty 2>&1)
[ $? -ne 0 ]
ok $? "an empty folder is no run"
out=$("$esitesti" report nowhere 2>&1)
is $? 2 "neither is one that is not there"

done_testing
