#!/bin/sh
# What build servers are given: TAP, and GitHub's annotations and summary.
# shellcheck disable=SC2016 # ${record.oid} is for the case, not for the shell
. "$(dirname "$0")/../lib/tap.sh"

says='<says xml:lang="fi">Kuittaa #1</says><says
    xml:lang="en">100 % | #1 \ `x` &lt;b&gt;</says>'
accepted="<expect kind=\"acknowledgement\" outcome=\"accepted\">$says</expect>"
refused="<expect kind=\"acknowledgement\" outcome=\"refused\">$says</expect>"
archive='<send message="archive" document="record"/>'
own() { # own FILE ID STEPS
	cat > "$1" <<E2
<case xmlns="urn:esitesti:case:1" xmlns:v3="urn:hl7-org:v3" id="$2"
    service="potilastietovaranto" content="arkistointi" where="any">
  <title xml:lang="fi">Oma</title><title xml:lang="en">Own # of "mine"</title>
  <rests-on fact="kuittaus-muoto" mark="U"/>
  <document name="record" kind="hoitokertomus"
      fixture="fixtures/potilastieto/hoitokertomus.xml"/>
  $3
</case>
E2
}
mkdir cases
own "cases/a,b:c%.xml" bad "<step id=\"archive\">$archive $refused</step>"
own cases/good.xml good "<step id=\"archive\">$archive $accepted</step>"
own cases/person.xml person "<step id=\"look\"><manual><instruction
    xml:lang=\"fi\">Katso</instruction><instruction xml:lang=\"en\">Look</instruction></manual></step>"
own cases/skips.xml skips "<step id=\"one\"><send message=\"fetch\"><with
    name=\"document-id\" value=\"1.2.3\"/></send>
    <keep name=\"x\" select=\"//v3:nowhere\"/></step>
    <step id=\"two\"><send message=\"fetch\"><with name=\"document-id\"
    value=\"\${x}\"/></send>$accepted</step>"

# ---- TAP
"$esitesti" run --lang en --tap - --out run cases > tap 2> table
is $? 1 "TAP does not change the exit code"
is "$(head -n 1 tap)" "TAP version 14" "it says its version"
is "$(sed -n 2p tap)" "1..4" "and how many cases there are"
like "$(cat tap)" "^# This is esitesti's own self-test" "and that it is a self-test"
like "$(cat table)" "failed +bad" "the table goes to the standard error"
like "$(cat tap)" '^not ok 1 - bad: Own \\# of "mine"$' \
    "a title's '#' begins no directive"
like "$(cat tap)" "^    not ok 1 - archive/acknowledgement: 100 % | \\\\#1" \
    "an expectation is a point of the subtest"
like "$(cat tap)" '^      expected: "an acknowledgement that refuses' \
    "with what was expected"
like "$(cat tap)" '^        file: "cases/a,b:c%.xml"' "and where that stands"
like "$(cat tap)" "^ok 2 - good" "a pass is ok"
like "$(cat tap)" "^not ok 3 - person: .* # TODO a person does" \
    "what is left to a person is to do"
like "$(cat tap)" "^    ok 2 - two/acknowledgement.* # SKIP an earlier step did not" \
    "what was skipped says why"
"$esitesti" report --tap again.tap --lang en run > /dev/null
cmp -s tap again.tap
ok $? "a later report writes the same"
if python3 -c 'import yaml' 2> yaml.err; then
	awk '/^ *---$/ { on = 1; next } /^ *\.\.\.$/ { on = 0; print "---" }
	    on' tap > blocks
	python3 -c 'import sys, yaml
for b in open("blocks").read().split("---\n"):
    yaml.safe_load(b) if b.strip() else None'
	ok $? "the blocks are YAML"
else
	skip "the blocks are YAML" "there is no PyYAML"
fi

printf '#!/bin/sh\nexec "%s" run --tap - --out proved cases/good.xml \\\n' \
    "$esitesti" > good.sh
printf '    cases/person.xml 2> proved.err\n' >> good.sh
printf '#!/bin/sh\nexec "%s" report --tap - run 2> proved.err\n' "$esitesti" \
    > bad.sh
chmod +x good.sh bad.sh
if command -v prove > /dev/null; then
	out=$(prove ./good.sh 2>&1)
	is $? 0 "prove(1) is content with what passed"
	like "$out" "Tests=2" "and counted it"
	out=$(prove ./bad.sh 2>&1)
	[ $? -ne 0 ]
	ok $? "and not with what failed"
	like "$out" "Failed tests?: +1, 4" "which it names"
	unlike "$out" "Parse errors" "it understood every line"
else
	skip "prove(1)" "it is not installed"
fi
out=$("$esitesti" run --tap nowhere/x --out no cases 2>&1)
is $? 2 "a place that is not there is told before the run"

cp -R run cut
head -n 20 run/journal.jsonl > cut/journal.jsonl
"$esitesti" report --tap cut.tap --lang en cut > /dev/null 2>&1
like "$(cat cut.tap)" "^not ok 1 - run: The run was cut off" \
    "a record that was cut off is not ok"
is "$(grep -c '^not ok\|^ok' cut.tap)" "$(sed -n 's/^1\.\.//p' cut.tap)" \
    "and counted in the plan"

cp -R run masked
sed -i '1s/"answerer":"[a-z-]*"/"answerer":"target"/
    1s/"url":"[^"]*"/"url":"https:\/\/at.example.fi:8443\/x"/' \
    masked/journal.jsonl
out=$(CI=true GITHUB_STEP_SUMMARY=masked.md "$esitesti" report --github \
    --tap - masked 2>&1)
unlike "$out$(cat masked.md)" "at\.example" "CI=true masks the host in all of them"
out=$("$esitesti" report --tap - masked 2>&1)
like "$out" "at\.example" "which they would name"

# ---- GitHub
GITHUB_ACTIONS=true GITHUB_WORKSPACE=$PWD GITHUB_STEP_SUMMARY=$PWD/step.md
export GITHUB_ACTIONS GITHUB_WORKSPACE GITHUB_STEP_SUMMARY
echo "# before" > step.md
"$esitesti" report --lang en run > /dev/null 2> notes
is "$(grep -c '^::error ' notes)" 2 "an annotation for each failure"
like "$(head -n 1 notes)" \
    '^::error file=cases/a%2Cb%3Ac%25.xml,line=[0-9]+,title=bad archive/acknowledgement \(failed\)::' \
    "at the case file's line, its name escaped"
like "$(head -n 1 notes)" '::100 %25 [^%]*: acknowledgement code AA' \
    "the message escapes what is to be escaped"
like "$(head -n 1 notes)" '%0AExpected: an acknowledgement that refuses' \
    "and stays on one line"
line=$(sed -n 's/.*,line=\([0-9]*\).*/\1/p' notes | head -n 1)
like "$(sed -n "${line}p" "cases/a,b:c%.xml")" "<expect " "which is the expectation's"
(cd cases && "$esitesti" run --lang en --out ../sub "a,b:c%.xml" \
    > /dev/null 2> ../sub.notes)
like "$(cat sub.notes)" '^::error file=cases/a%2Cb' \
    "from below the repository's top it is the same file"
out=$(GITHUB_WORKSPACE=/elsewhere "$esitesti" report run 2>&1)
like "$out" '^::error file=cases/a%2Cb' \
    "so it is in a container that calls the top something else"
is "$(head -n 1 step.md)" "# before" "the summary is appended"
like "$(cat step.md)" "^## Self-test report" "it says what it is"
like "$(cat step.md)" "^\| ❌ failed \| bad \| Own \\\\# of" "a row for each case"
like "$(cat step.md)" "Expected: an acknowledgement that refuses" \
    "what failed, with its reason"
like "$(cat step.md)" "on guesses" "what it rests on"
like "$(cat step.md)" "Kela has neither made" "and who did not approve it"
like "$(cat step.md)" '100 % \\\| \\#1 \\\\ \\`x\\` \\<b\\>' \
    "no text becomes Markdown"
"$esitesti" report --lang "fi" run > /dev/null 2>&1
like "$(cat step.md)" "^## Itsetestiraportti" "in Finnish, too"
size=$(wc -c < step.md)
head -c 1040000 /dev/zero | tr '\0' ' ' > step.md
"$esitesti" report --lang en run > /dev/null 2>&1
[ "$(wc -c < step.md)" -le 1048576 ]
ok $? "never more than GitHub takes"
is $? 0 "and no failure of the report"

# A vendor's own file: the annotation is at it.
sed -n '/^Content-ID/,/^------/p' run/messages/*-good-archive-1.request.body |
    sed -e 1d -e '/^------/d' | base64 -d -i > record.xml
"$esitesti" run --lang en --out vendor --document record=record.xml \
    --fault ack-flip@1 cases/good.xml > /dev/null 2> notes
like "$(cat notes)" '^::error file=record.xml,title=good archive/' \
    "what was refused of a vendor's file is told there"
hetu=131052-308
sed "s/010181-900C/${hetu}T/" record.xml > living.xml
"$esitesti" run --lang en --out living --document record=living.xml \
    cases/good.xml > /dev/null 2> notes
is $? 5 "a living person's code is stopped"
like "$(cat notes)" '^::error file=living.xml,title=.*stopped' "and told at the file"
unlike "$(cat notes step.md)" "$hetu" "without the code"
sed "s/Own #/${hetu}T/" "cases/a,b:c%.xml" > named.xml
out=$("$esitesti" run --lang en --tap - --out named named.xml \
    2> named.err)
unlike "$out$(cat step.md)" "$hetu" "nor one that a case's title holds"
like "$out" '^not ok 1 - bad: \*{6}-\*{4}$' "whose title is hidden"
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
out=$("$esitesti" report run 2>&1)
unlike "$out" "^::" "elsewhere there are none"
out=$("$esitesti" report --github run 2>&1)
like "$out" "^::error" "unless they are asked for"

# An environment that is away is no error in a file.
out=$("$esitesti" run --github --fault reset@1 --out away cases/good.xml 2>&1)
like "$out" "^::warning file=cases/good.xml" "what is inconclusive is a warning"

# Many: a cap, and a word on the rest.
many=$(i=0; while [ $i -lt 60 ]; do i=$((i + 1)); printf \
    '<expect kind="xpath" select="//v3:no%s">%s</expect>' $i "$says"; done)
own many.xml many "<step id=\"archive\">$archive $many</step>"
"$esitesti" run --github --lang en --out many many.xml > /dev/null 2> notes
is "$(grep -c '^::error' notes)" 50 "no more annotations than anybody sees"
like "$(cat notes)" "^::notice title=esitesti::And 10 more" "the rest is counted"
head -c 1010000 /dev/zero | tr '\0' ' ' > many.md
GITHUB_STEP_SUMMARY=many.md "$esitesti" report --github --lang en many \
    > /dev/null 2>&1
is $? 1 "a summary with little room"
[ "$(wc -c < many.md)" -le 1048576 ]
ok $? "takes no more than there is"
like "$(tail -c 300 many.md)" "^Left out for lack of room: [1-9]" "and says so"

done_testing
