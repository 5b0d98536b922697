#!/bin/sh
# The vendor's own documents: a file, a command, and what goes wrong with them.
. "$(dirname "$0")/../lib/tap.sh"

# A document of the vendor's: what the self-test would have sent.
"$esitesti" run --out seed --case ptv-arkistointi-01 > /dev/null
awk '/^(PD94|PENs)/ { on = 1 } /^-/ || /^$/ { on = 0 } on' \
    seed/messages/0001-*.request.body | base64 -d > record.xml
grep -q '<ClinicalDocument' record.xml
ok $? "a document to work with"

project() { # project DOCUMENT-ATTRIBUTES…: the rest is the self-test's
	{
		echo '<project xmlns="urn:esitesti:project:1">'
		echo '<system name="Esimerkki" version="1.2" class="A2"/>'
		echo '<tester name="Testi Esimerkki"/>'
		sed -n '/<organisation/p;/<professional/p;/<pool>/,/<\/pool>/p' \
		    "$root/fixtures/self-test.xml"
		echo "<document kind=\"hoitokertomus\" $*/>"
		echo '</project>'
	} > esitesti.xml
}

project 'file="record.xml"'
out=$("$esitesti" lint esitesti.xml 2>&1)
is $? 0 "the project file is in order"
out=$("$esitesti" run --out file --lang en --case ptv-arkistointi-01 2>&1)
is $? 0 "a run with the vendor's file passes"
unlike "$out" "self-test" "and is no self-test"
grep -q '"maker":"vendor-file"' file/journal.jsonl
ok $? "the record says whose the document is"
awk '/^(PD94|PENs)/ { on = 1 } /^-/ || /^$/ { on = 0 } on' \
    file/messages/0001-*.request.body | base64 -d | cmp -s - record.xml
ok $? "its bytes travel exactly as they are"
page=$(cat file/report.html)
like "$page" "Esimerkki 1.2, class A2" "the report names system, version and class"
like "$page" "<dt>Tester</dt><dd>Testi Esimerkki</dd>" "and who tested"
xmllint --noout --nonet --relaxng "$root/cases/results.rng" file/results.xml \
    2> rng.err
ok $? "results.xml is what its schema says"

# The test certificates are the organisation's own, by themselves.
project 'file="record.xml"'
sed -i '/<document/d; s/1234567/7777777/g' esitesti.xml
"$esitesti" run --out theirs ptv-arkistointi-01 > /dev/null
is $? 0 "another organisation's project passes"
unlike "$(cat theirs/messages/0001-*.response.body)" 'certificate-organisation' \
    "… and nothing is said of its certificate"
"$esitesti" run --out others --certs "$XDG_CACHE_HOME/esitesti/pki-v2" \
    ptv-arkistointi-01 > /dev/null
like "$(cat others/messages/0001-*.response.body)" 'certificate-organisation' \
    "… as it is of another's"

rm esitesti.xml
out=$("$esitesti" run --out opt --document hoitokertomus=record.xml --lang en \
    --case ptv-arkistointi-01 2>&1)
is $? 0 "--document does the same without a project file"
grep -q '"maker":"vendor-file"' opt/journal.jsonl
ok $? "and the record says so"

out=$("$esitesti" run --out some --document hoitokertomus=record.xml --lang en \
    ptv-arkistointi-01 ptv-haku-01 2>&1)
is $? 0 "cases with and without documents of the vendor's"
like "$out" "vendor's own documents: 1, partly with them: 0" "how many had them is told"
out=$("$esitesti" run --document hoitokertmus=record.xml 2>&1)
is $? 2 "a document that no case has is a usage error"
like "$out" "'hoitokertmus'" "and named"
like "$out" "did you mean 'hoitokertomus'" "and what was meant"
project 'file="record.xml"'
sed -i 's/kind="hoitokertomus"/kind="hoitokertomusx"/' esitesti.xml
out=$("$esitesti" run ptv-arkistointi-01 --out kind 2>&1)
is $? 2 "so is a kind of the project file that no case has"
like "$out" "esitesti.xml:[0-9]+: .*hoitokertomusx" "with its place"
like "$out" "did you mean 'hoitokertomus'" "and what was meant"
sed -i 's/kind="hoitokertomusx"/kind="omalaji"/' esitesti.xml
out=$("$esitesti" run ptv-arkistointi-01 --lang en --out own-kind 2>&1)
is $? 0 "a kind of cases that are not run is none"
like "$out" "esitesti.xml:[0-9]+: .*'omalaji'" "but told"
project 'file="record.xml"'
out=$("$esitesti" run --out none --lang en ptv-yhteys-01 2>&1)
like "$out" "^Self-test" "a run in which none has a place is a self-test"

project 'command="sed s/1/1/ record.xml"'
out=$("$esitesti" run --out command --case ptv-arkistointi-01 2>&1)
is $? 0 "a command's output is a document"
grep -q '"maker":"vendor-command"' command/journal.jsonl
ok $? "and the record says so"

project 'command="echo trouble here >&amp;2; exit 3"'
out=$("$esitesti" run --out broken --lang en --case ptv-arkistointi-01 2>&1)
is $? 8 "a command that fails is an error, not a failure of the receiver"
like "$out" "trouble here" "with the command's own words"

project 'command="echo no document"'
"$esitesti" run --out nodoc --case ptv-arkistointi-01 > /dev/null 2>&1
is $? 8 "so is one that gives no document"

is "$(grep -c '"kind":"error","exchange"' broken/journal.jsonl)" 1 \
    "it is counted once"
grep -q '"kind":"error".*"next":.*"next_project"' broken/journal.jsonl
ok $? "with what to do"
grep -q '"kind":"skip".*"cause_not_made_before"' broken/journal.jsonl
ok $? "what needs the document is skipped"
project 'command="true"'
out=$("$esitesti" run --out silent --lang en --case ptv-arkistointi-01 2>&1)
like "$out" "the output of 'true': it is empty" "an empty output is named"

project 'file="nowhere.xml"'
out=$("$esitesti" run --out missing --lang en --case ptv-arkistointi-01 2>&1)
is $? 2 "a file that is not there is a usage error"
like "$out" "nowhere.xml" "and is named"
[ ! -e missing ]
ok $? "and nothing is run"
code="131052-""308T"
printf '<a>\n<b>%s</a>\n' "$code" > broken.xml
project 'file="broken.xml"'
out=$("$esitesti" run --out bad --case ptv-arkistointi-01 2>&1)
is $? 3 "so is one that is no XML, with another code"
like "$out" "broken.xml:2:[0-9]+: not well-formed" "with its place"
unlike "$out" "$code" "and without a person's code"
echo '<html/>' > broken.xml
out=$("$esitesti" run --out bad --case ptv-arkistointi-01 2>&1)
is $? 3 "so is one of another kind"
like "$out" "broken.xml:1:1: .*found 'html'" "with its place"
"$esitesti" run --out bad --case ptv-yhteys-01 > /dev/null 2>&1
is $? 0 "unless no case that is run sends it"

# An identity code of a living person's series, put together here.
code="131052-""308T"
sed "s/010181-900C/$code/" record.xml > living.xml
out=$("$esitesti" run --out living --lang en --case ptv-arkistointi-01 \
    --document hoitokertomus=living.xml --project "$root/fixtures/self-test.xml" \
    2>&1)
is $? 5 "a document with a living person's code is stopped"
grep -q '"kind":"guard-refused".*"where":".*"rule":"guard: identity"' \
    living/journal.jsonl
ok $? "its place and the guard's rule are told"
is "$(grep -c '"kind":"guard-refused","exchange"' living/journal.jsonl)" \
    "$(grep -c '"step":"archive".*"kind":"guard-refused"' living/journal.jsonl)" \
    "once: the steps behind it are skipped"
grep -q '"kind":"skip".*"cause":.*"cause_guard_before"' living/journal.jsonl
ok $? "with that cause"
[ "$(grep -rl "$code" living | wc -l)" -eq 0 ]
ok $? "and the code stands nowhere in the run folder"
unlike "$out" "$code" "nor on the screen"

project 'fiel="record.xml"'
out=$("$esitesti" run 2>&1)
[ $? -ne 0 ]
ok $? "an unknown attribute is refused"
like "$out" "esitesti.xml:[0-9]+:[0-9]+: .*fiel" "with its place"
like "$out" "did you mean 'file'" "and what was meant"

# Real targets: no test host, no way out.
{
	echo '<project xmlns="urn:esitesti:project:1">'
	sed -n '/<organisation/p;/<professional/p;/<pool>/,/<\/pool>/p' \
	    "$root/fixtures/self-test.xml"
	echo '<target name="at" url="https://archive.example/" ca="ca.pem"
	    certificate="client.pem" key="client.key"/>'
	echo '<document kind="hoitokertomus" shipped="true"/></project>'
} > esitesti.xml
test_certs
cp "$certs/ca.pem" "$certs/client.pem" "$certs/client.key" .
out=$("$esitesti" run --target at --out real --lang en 2>&1)
is $? 5 "the guard stops a run against a host that is no test environment"
like "$out" "archive.example is not a known test environment" "and says why"
is "$(printf '%s\n' "$out" | grep -c 'esitesti:')" 1 "once"
[ ! -e real ]
ok $? "nothing was run"

# What would be lost at the end is told at the beginning.
out=$("$esitesti" run --out late --junit nowhere/junit.xml 2>&1)
is $? 2 "a place for JUnit that is not there is a usage error"
like "$out" "cannot write 'nowhere/junit.xml'" "and named"
[ ! -e late ]
ok $? "before anything is run"
out=$("$esitesti" report file --html nowhere/report.html 2>&1)
is $? 2 "so it is for a report"
"$esitesti" report . > /dev/null 2>&1
is $? 2 "a folder that is no run folder is a usage error"

# A loopback target with certificates of its own has no bad ones.
start_mock
{
	echo '<project xmlns="urn:esitesti:project:1">'
	sed -n '/<organisation/p;/<professional/p;/<pool>/,/<\/pool>/p' \
	    "$root/fixtures/self-test.xml"
	echo "<target name=\"own\" url=\"$mock_url/\" ca=\"ca.pem\"
	    certificate=\"client.pem\" key=\"client.key\"/></project>"
} > esitesti.xml
"$esitesti" run --target own --out own --lang en ptv-yhteys-02 > own.txt 2>&1
is $? 0 "cases that show a faulty certificate do not apply there"
grep -q '"kind":"omit".*"cause_no_test_certificates"' own/journal.jsonl
ok $? "and the cause is told"
"$esitesti" mock --certs "$certs" --port "${mock_url##*:}" > /dev/null 2>&1
is $? 2 "a port that is in use is a usage error"
stop_mock
"$esitesti" mock --certs nowhere > /dev/null 2>&1
is $? 2 "so are certificates that are not there"

done_testing
