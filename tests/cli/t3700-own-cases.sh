#!/bin/sh
# A vendor's own cases: what steps imply, teardown, tags, fail-fast, a person's
# steps, and what a run does that cannot reach or trust its target.
# shellcheck disable=SC2016 # ${record.oid} is for the case, not for the shell
. "$(dirname "$0")/../lib/tap.sh"

says='<says xml:lang="fi">S</says><says xml:lang="en">S</says>'
todo='<instruction xml:lang="fi">Tee</instruction><instruction
    xml:lang="en">Do it</instruction>'
accepted="<expect kind=\"acknowledgement\" outcome=\"accepted\">$says</expect>"
refused="<expect kind=\"acknowledgement\" outcome=\"refused\">$says</expect>"
archive='<send message="archive" document="record"/>'
fetch() { # fetch VALUE
	echo "<send message=\"fetch\"><with name=\"document-id\"
	    value=\"$1\"/></send>"
}

own() { # own ID TAGS STEPS
	cat > "$1.xml" <<E2
<case xmlns="urn:esitesti:case:1" xmlns:v3="urn:hl7-org:v3" id="$1"
    service="potilastietovaranto" content="arkistointi" where="any" tags="$2">
  <title xml:lang="fi">Oma</title><title xml:lang="en">Own</title>
  <rests-on fact="kuittaus-muoto" mark="U"/>
  <document name="record" kind="hoitokertomus"
      fixture="fixtures/potilastieto/hoitokertomus.xml"/>
  $3
</case>
E2
}
verdicts() { # verdicts RUN: "step/expectation kind" of each
	grep '"event":"verdict"' "$1/journal.jsonl" |
	    sed 's/.*"step":"\([^"]*\)","expectation":"\([^"]*\)","kind":"\([^"]*\)".*/\1\/\2 \3/'
}
run() { # run OUT ARGUMENTS…: → $out $rc
	run_dir=$1
	shift
	out=$("$esitesti" run --jobs 1 --lang en --out "$run_dir" "$@" 2>&1)
	rc=$?
}

# ---- Teardown, keep, skip
own a-fails first "<step id=\"archive\">$archive $refused</step>
<teardown><step id=\"after\">$(fetch '${record.oid}') $accepted</step></teardown>"
run failed a-fails.xml
is "$rc" 1 "a case of one's own fails"
is "$(verdicts failed | tr '\n' ,)" \
    "archive/acknowledgement fail,after/acknowledgement pass," \
    "and its teardown runs after the failure"

own b-keeps second "<step id=\"archive\">$archive
<keep name=\"mine\" select=\"//v3:targetMessage/v3:id/@root\"/>$accepted</step>
<step id=\"b\">$(fetch '${record.oid}')
<expect kind=\"xpath\" select=\"string-length('\${mine}')&gt;0\">$says</expect>
</step>"
run kept b-keeps.xml
is "$rc" 0 "a value is kept"
like "$(verdicts kept)" "^archive/keep-mine pass" "and its being there is judged"

own b-lacks second "<step id=\"archive\">$archive
<keep name=\"mine\" select=\"//v3:nowhere\"/>$accepted</step>
<step id=\"fetch\">$(fetch '${mine}') $accepted</step>"
run lacking b-lacks.xml
is "$rc" 1 "a value that is not in the answer is a failure"
is "$(verdicts lacking | tr '\n' ,)" \
    "archive/acknowledgement pass,archive/keep-mine fail,fetch/acknowledgement skip," \
    "told once: the step that needs it is skipped"

# ---- A person's steps
own c-manual third "<step id=\"look\"><manual>$todo</manual></step>
<step id=\"wait\"><await message=\"archive\">$todo</await>$accepted</step>"
run manual c-manual.xml
is "$rc" 0 "a person's step does not fail a run"
unlike "$out" "passed +c-manual|held" "but it is no pass"
like "$out" "by hand +c-manual" "it is left to the person"
like "$(cat manual/junit.xml)" 'name="look/manual"' "JUnit has it"
like "$(cat manual/junit.xml)" 'type="manual"' "as one that a person judges"
run strict --strict c-manual.xml
is "$rc" 7 "--strict makes it exit code 7"
xmllint --noout --relaxng "$root/cases/results.rng" manual/results.xml \
    2> rng.err
is $? 0 "results.xml fits its schema"
own c-await third "<step id=\"wait\"><await
    message=\"archive\">$todo</await>$accepted</step>"
run await c-await.xml
unlike "$out" "passed +c-await|expectations held" \
    "where nothing was judged, nothing held"

# ---- Which cases
run tagged --tag second a-fails.xml b-keeps.xml c-manual.xml
is "$(grep -c '"event":"case-begin"' tagged/journal.jsonl)" 1 \
    "--tag runs the cases that have it"
run fast --fail-fast a-fails.xml b-keeps.xml c-manual.xml
is "$rc" 1 "--fail-fast ends as the failure does"
is "$(grep -c '"event":"case-begin"' fast/journal.jsonl)" 1 \
    "and begins no case after it"
is "$(grep -c '<testsuite ' fast/junit.xml)" 3 "all three are in JUnit"
run unknown a-fails.xml --case ptv-arkistointi-01
is "$rc" 2 "--case chooses among the cases that were named"
sed 's/{record.oid}/{recrd.oid}/' a-fails.xml > typo.xml
run typo typo.xml
is "$rc" 3 "an unknown variable is an invalid case"
like "$out" "typo.xml:[0-9]+:[0-9]+: unknown variable .*recrd.oid" "placed"
like "$out" "did you mean '\\\$\{record.oid\}'" "with what was meant"
mkdir both
cp a-fails.xml both/
sed 's/<\/case>//' b-keeps.xml > both/unfinished.xml
run both both
is "$rc" 3 "an unfinished case in a folder stops the run"
like "$out" "both/unfinished.xml" "and is named"

# ---- What the report shows of messages has caps, and says so
mkdir many
for i in $(seq 101 152); do
	sed "s/id=\"a-fails\"/id=\"many-$i\"/" a-fails.xml > "many/$i.xml"
done
out=$("$esitesti" run --out wide --lang en many 2>&1)
is "$(grep -o '<details' wide/report.html | wc -l)" \
    "$(($(grep -o '<details' failed/report.html | wc -l) * 50))" \
    "messages of 50 failed cases are shown"
own big first "<step id=\"big\"><send message=\"raw\" fill=\"100000\"/>
<expect kind=\"http-status\" status=\"299\">$says</expect></step>"
sed -i 's/where="any"/where="mock"/' big.xml
run big big.xml
is "$rc" 1 "a large message that is refused in another way"
like "$(cat big/report.html)" "the first 65536 bytes are shown" \
    "the report says where it cuts"

# ---- The receiver is away, loses an answer, is not trusted
run lost --fault reset@1 ptv-arkistointi-01
is "$rc" 4 "a lost answer is inconclusive"
oid=$(grep -o '"document-oid":"[^"]*"' lost/journal.jsonl | cut -d'"' -f4)
like "$(tr -s ' \n' ' ' < lost/report.html)" "$oid" "the report names the document"
like "$out" "do not send again" "and says what not to do"
is "$(grep -c '"event":"exchange"' lost/journal.jsonl)" 1 "nothing was repeated"
run again --fault reset@2 ptv-arkistointi-01
is "$rc" 0 "a lost answer to a query is asked for again"
is "$(grep -c '"event":"exchange"' again/journal.jsonl)" 3 "both tries stay"
start_mock
run other --target "$mock_url" --certs "$certs" ptv-arkistointi-01
is "$rc" 0 "a server on this machine is a target"
like "$out" "a server on this machine" "and is called that"
{
	grep -v '</project>' "$root/fixtures/self-test.xml"
	echo "<target name=\"local\" url=\"$mock_url/\" ca=\"ca.pem\"
	    certificate=\"$certs/client.pem\" key=\"$certs/client.key\"/>"
	echo '</project>'
} > esitesti.xml
run no-ca --target local ptv-arkistointi-01
is "$rc" 2 "a CA file that is not there is the configuration's fault"
[ ! -e no-ca ]
ok $? "and no run folder is begun"
cp "$certs/bad/self-signed.pem" ca.pem
run distrust --target local ptv-arkistointi-01
is "$rc" 8 "a server of another CA is an error, not a failure"
like "$out" "correct the target's CA file" "with what to do"
rm esitesti.xml
stop_mock
run away --target "$mock_url" --certs "$certs" ptv-arkistointi-01
is "$rc" 4 "a server that is away is inconclusive"
run wrong --fault nonsense
is "$rc" 2 "an unknown fault is a usage error"
like "$out" "'esitesti mock --faults' lists them" "and it is told where they are listed"
run unreadable --fault say-ok@1 ptv-arkistointi-01
is "$rc" 1 "an answer that is none is a failure"

# The environment cannot choose a target, nor a proxy stand between.
out=$(ESITESTI_TARGET=https://127.0.0.1:1 "$esitesti" run --out env 2>&1)
is $? 2 "ESITESTI_TARGET is a usage error"
like "$out" "must stand on the command line" "and says why"
https_proxy=http://127.0.0.1:1 \
    ALL_PROXY=http://127.0.0.1:1 "$esitesti" run --out env \
    ptv-arkistointi-01 > env.txt 2>&1
is $? 0 "no proxy of the environment counts"
grep -q '"target":"embedded-mock"' env/journal.jsonl
ok $? "the receiver was the embedded mock"

done_testing
