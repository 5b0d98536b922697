#!/bin/sh
# A query that is repeated until its expectations hold, or its time is over.
# shellcheck disable=SC2016 # ${record.oid} is for the case, not for the shell
. "$(dirname "$0")/../lib/tap.sh"

says='<says xml:lang="fi">S</says><says xml:lang="en">S</says>'
fetch='<send message="fetch"><with name="document-id"
    value="${record.oid}"/></send>'
own() { # own ID REPEAT [MESSAGE-OF-THE-SECOND-STEP]
	cat > "$1.xml" <<E2
<case xmlns="urn:esitesti:case:1" xmlns:v3="urn:hl7-org:v3" id="$1"
    service="potilastietovaranto" content="arkistointi" where="any">
  <title xml:lang="fi">Oma</title><title xml:lang="en">Own</title>
  <rests-on fact="kuittaus-muoto" mark="U"/>
  <document name="record" kind="hoitokertomus"
      fixture="fixtures/potilastieto/hoitokertomus.xml"/>
  <step id="archive"><send message="archive" document="record"/>
    <expect kind="acknowledgement" outcome="accepted">$says</expect></step>
  <step id="find">${3:-$fetch}
    <repeat $2/>
    <keep name="answer" select="/*//v3:targetMessage/v3:id/@root"/>
    <expect kind="same-document" as="record">$says</expect></step>
  <step id="use"><send message="fetch"><with name="document-id"
      value="\${record.oid}"/><with name="query-id" value="\${answer}"/></send>
    <expect kind="acknowledgement" outcome="accepted">$says</expect></step>
</case>
E2
}
verdicts() { # verdicts RUN: "step/expectation kind" of each
	grep '"event":"verdict"' "$1/journal.jsonl" |
	    sed 's/.*"step":"\([^"]*\)","expectation":"\([^"]*\)","kind":"\([^"]*\)".*/\1\/\2 \3/'
}
attempts() { # attempts RUN: of the step 'find', by their files
	find "$1/messages" -name '*-find-*.request.body' | sed 's/.*-find-//' |
	    sort -V | tr '\n' ,
}

own later 'every="1" within="5"'
out=$("$esitesti" run --lang en --out later later.xml \
    --fault say-nothing@2 --fault document@3)
is $? 0 "what is found at the third attempt passes"
is "$(attempts later)" \
    "1.request.body,2.request.body,3.request.body," \
    "each attempt is an exchange of its own"
is "$(verdicts later | tr '\n' ,)" \
    "archive/acknowledgement pass,find/same-document pass,find/keep-answer pass,use/acknowledgement pass," \
    "only the last is judged"
is "$(grep -c '"event":"sending".*"step":"find"' later/journal.jsonl)" 3 \
    "each is in the journal before it leaves"
like "$(tr '\n' ' ' < later/report.html)" \
    "the query was repeated: 3 attempts in [2-4]\.[0-9] s" \
    "the report says how many and how long"
out=$("$esitesti" report --rejudge --lang en later)
is $? 0 "judged again it is the same"
xmllint --noout --nonet --relaxng "$root/cases/results.rng" \
    later/results.xml 2> rng.err
ok $? "results.xml fits its schema"

# The answers never hold; what the first attempt kept is not used later.
own never 'every="2" within="3"'
out=$("$esitesti" run --lang en --out never never.xml --fault document@2 \
    --fault say-nothing@3 --fault say-nothing@4)
is $? 1 "what is not found in time fails"
is "$(attempts never)" "1.request.body,2.request.body,3.request.body," \
    "the last attempt is at the deadline"
like "$(verdicts never | tr '\n' ,)" \
    "find/same-document fail,find/keep-answer fail,use/acknowledgement skip,$" \
    "with the last attempt's verdicts, and nothing of an earlier one is used"
like "$(cat never/junit.xml)" \
    "did not hold within 3 s \(3 attempts\); the verdict is that of the last" \
    "the cause says so"
like "$(tr '\n' ' ' < never/report.html)" \
    "repeated up to its deadline: 3 attempts in 3\.[0-9] s" \
    "and the report, with the time they took"
out=$("$esitesti" report --rejudge --lang en never)
is $? 0 "judged again it is the same"

own at-once 'every="1" within="2"'
"$esitesti" run --out once at-once.xml > /dev/null
is "$(attempts once)" "1.request.body," "what holds at once is sent once"
unlike "$(cat once/journal.jsonl)" 'remark_repeat' "and nothing is remarked"

# An environment that is away may come back.
own away 'every="1" within="3"'
"$esitesti" run --out away away.xml --fault reset@2 > /dev/null
is $? 0 "a lost answer is asked for again"
is "$(attempts away)" "1.request.body,2.request.body," "once"

# Ctrl-C does not wait for the deadline.
own long 'every="30" within="600"'
"$esitesti" run --lang en --out long long.xml --fault say-nothing@2 \
    > /dev/null 2>&1 &
pid=$!
tries=0
while ! grep -qs '"event":"exchange".*"step":"find"' long/journal.jsonl &&
    [ $tries -lt 500 ]; do
	tries=$((tries + 1))
	sleep 0.02
done
before=$(date +%s)
kill -INT $pid
wait $pid
is $? 130 "an interrupt ends the repeating"
[ $(($(date +%s) - before)) -lt 10 ]
ok $? "at once"
like "$(verdicts long | tr '\n' ,)" "find/same-document skip" \
    "what had not its time is not said to be wrong"
like "$(cat long/journal.jsonl)" 'remark_repeat_interrupted' "but remarked"
out=$("$esitesti" report --rejudge --lang en long)
is $? 0 "judged again it is the same"

# lint
lint() { # lint REPEAT PATTERN TITLE [MESSAGE]
	own bad "$1" "${4:-}"
	out=$("$esitesti" lint bad.xml 2>&1)
	like "$out" "$2" "$3"
}
lint 'every="1" within="5"' "bad.xml:[0-9]+:[0-9]+: message 'archive' is repeated" \
    "nothing is archived twice" '<send message="archive" document="record"/>'
lint 'every="0" within="5"' "'every' is 0 s" "no attempts without a pause"
lint 'every="1" within="601"' "'within' is 601 s" "nor for ever"
lint 'every="9" within="5"' "every 9 s within 5 s is one attempt" \
    "nor a repeating that is none"
lint 'every="2" within="120"' "are 61 attempts" "nor more than the cap"
lint 'every="2"' "within" "nor without a deadline"

done_testing
