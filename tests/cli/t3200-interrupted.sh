#!/bin/sh
# Ctrl-C and kill -9 leave a run that can be read and rendered.
. "$(dirname "$0")/../lib/tap.sh"

# A stalled answer keeps the run where it is.
wait_for() { # wait_for FILE PATTERN
	tries=0
	while ! grep -qs "$2" "$1"; do
		tries=$((tries + 1))
		[ $tries -gt 500 ] && return 1
		sleep 0.02
	done
}

"$esitesti" run --out killed --jobs 1 --fault stall@3 > /dev/null 2>&1 &
pid=$!
wait_for killed/journal.jsonl '"event":"verdict"'
ok $? "a verdict is on the disk while the run goes on"
kill -9 $pid
wait $pid 2>/dev/null
out=$("$esitesti" report killed --lang en 2>&1)
is $? 8 "a killed run reports as an error"
[ -s killed/report.html ] && xmllint --noout killed/junit.xml
ok $? "and can be rendered"
planned=$("$esitesti" list | grep -c "^ptv-")
is "$(grep -o '<testsuite name="ptv-[^"]*"' killed/junit.xml | sort -u |
    grep -c .)" "$planned" "every planned case is in its JUnit file"

# What nobody waited for: the document may be in the archive.
"$esitesti" run --out away --jobs 1 --fault stall@1 ptv-arkistointi-01 \
    > /dev/null 2>&1 &
pid=$!
wait_for away/journal.jsonl '"event":"sending"'
kill -9 $pid
wait $pid 2>/dev/null
oid=$(sed -n 's/.*"event":"sending".*"document-oid":"\([^"]*\)".*/\1/p' \
    away/journal.jsonl)
[ -n "$oid" ]
ok $? "a message under way left its document's id"
"$esitesti" report away --lang en > away.txt 2>&1
like "$(cat away/junit.xml)" "ended while the message was under way" \
    "what it was expected to do is inconclusive"
like "$(cat away/junit.xml)" "whether document $oid is in the archive" \
    "and the report says what to look up before sending again"

"$esitesti" run --out stopped --jobs 1 --fault stall@1 > /dev/null 2> err &
pid=$!
wait_for stopped/journal.jsonl '"event":"sending"'
kill -INT $pid
sleep 0.3
kill -INT $pid
wait $pid
is $? 130 "a second Ctrl-C stops at once"
like "$(cat err)" "up to 60 s .* once more stops at once" \
    "the first says what it does, and how long it can take"
like "$(cat err)" "'esitesti report stopped'" "the second what is left"
out=$("$esitesti" report stopped 2>&1)
[ -s stopped/report.html ]
ok $? "what it left can be rendered"

# One Ctrl-C ends in order: what is under way is finished, the record is sealed.
"$esitesti" run --out seed ptv-arkistointi-01 > /dev/null
sed -n '/^Content-ID/,/^------/p' seed/messages/*-archive-1.request.body |
    sed -e 1d -e '/^------/d' | base64 -d -i > record.xml
sed 's|</project>|<document kind="hoitokertomus"\
    command="echo \&gt; begun; sleep 1; cat record.xml"/>&|' \
    "$root/fixtures/self-test.xml" > esitesti.xml
"$esitesti" run --out ended --jobs 1 > /dev/null 2> err &
pid=$!
tries=0
while [ ! -e begun ] && [ $tries -lt 500 ]; do
	tries=$((tries + 1))
	sleep 0.02
done
kill -INT $pid
wait $pid
is $? 130 "one Ctrl-C is exit code 130, too"
like "$(tail -n 1 ended/journal.jsonl)" '"interrupted":true' \
    "the seal says that it was interrupted"
is "$(grep -o '<testsuite name="ptv-[^"]*"' ended/junit.xml | sort -u |
    grep -c .)" "$planned" "every planned case is in its JUnit file"
out=$("$esitesti" report --lang en ended 2>&1)
is $? 130 "a later report says the same"
like "$out" "interrupted" "in words"

# What a terminal shows.
if command -v script > /dev/null; then
	script -qec "'$esitesti' run --lang fi --jobs 1 --out tty \
	    ptv-arkistointi-01 ptv-haku-01" /dev/null > tty.txt 2>&1
	like "$(cat tty.txt)" "1/2 ptv-arkistointi-01 …" "the case under way"
	like "$(cat tty.txt)" "1/2 ptv-arkistointi-01 hyväksytty" \
	    "what came of it, in the run's language"
	like "$(cat tty.txt)" "2/2 ptv-haku-01 …" "and the next one at once"
else
	skip "what a terminal shows" "there is no script(1)"
fi

done_testing
