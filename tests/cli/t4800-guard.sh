#!/bin/sh
# A living person's identity code in every hiding place: found, and printed
# nowhere, by check, run and mock.
. "$(dirname "$0")/../lib/tap.sh"

command -v python3 > /dev/null || skip_all "python3 is not installed"

. "$root/tests/lib/messages.sh"
# Put together here: such a thing stands in no file.
living=131052-308
living="${living}T"
quiet() { # quiet TITLE FILE…: the code stands in none of them
	quiet_title=$1
	shift
	# what a mock holds back lies in its quarantine, and nowhere else
	[ "$(grep -rliF --exclude-dir=quarantine -e "$living" "$@" \
	    2> /dev/null | wc -l)" -eq 0 ]
	ok $? "$quiet_title"
}

"$esitesti" run --out seed --seed 1 --case ptv-arkistointi-01 > /dev/null 2>&1
sed -n '/^Content-ID/,/^------/p' seed/messages/0001-*.request.body |
    sed -e 1d -e '/^------/d' | base64 -d -i > record.xml
grep -q '<title>' record.xml
ok $? "a document to plant it in"
plant="python3 $root/tests/lib/plant.py"
$plant planted record.xml
places=$(find planted -name '*.xml' | wc -l)
[ "$places" -ge 40 ]
ok $? "40 hiding places or more ($places)"

# ---- check
"$esitesti" check --stages guard record.xml > /dev/null 2>&1
is $? 0 "the document itself passes"
"$esitesti" check --lang en --format json planted > found.json 2> found.err
is $? 1 "check finds what is planted"
missed=
for f in planted/*.xml; do
	"$esitesti" check --stages guard --format text "$f" > one.txt 2>&1 &&
	    missed="$missed $f"
	cat one.txt >> found.txt
done
is "$missed" "" "in every place"
[ "$(grep -c ESI-GUARD-01 found.txt)" -ge "$places" ]
ok $? "by the rule of the guard"
for format in html junit sarif text; do
	"$esitesti" check --github --format $format --out found.$format \
	    planted > /dev/null 2> "github.$format"
done
quiet "and no format prints it" found.* github.*

# ---- run
missed=
for f in planted/*.xml; do
	"$esitesti" run --out "runs/$(basename "$f" .xml | tr -c 'a-z0-9\n' _)" \
	    --case ptv-arkistointi-01 --document "hoitokertomus=$f" \
	    --project "$root/fixtures/self-test.xml" --junit junit.xml \
	    > run.txt 2>&1
	run_rc=$?
	[ "$f" = "planted/$living.xml" ] || [ $run_rc -eq 5 ] ||
	    missed="$missed $f:$run_rc"
	cat run.txt junit.xml >> runs.txt
done
is "$missed" "" "run sends none of them"
quiet "and leaves it in no journal, report or log" runs runs.txt

# ---- mock
if command -v curl > /dev/null; then
	archive_message $patient |
	    sed 's|<subject><clinicalDocument>|&<title></title>|' > archive.xml
	$plant messages archive.xml
	rm "messages/$living.xml"
	start_mock --out mocked --archive archive.db
	missed=
	for f in messages/*.xml; do
		mtls_curl -H 'Content-Type: text/xml' --data-binary "@$f" \
		    "$mock_url/" > answer.xml 2> curl.err
		grep -q 'typeCode[^>]*"A[AER]"' answer.xml || missed="$missed $f?"
		grep -q 'typeCode[^>]*"AA"' answer.xml && missed="$missed $f"
		cat answer.xml curl.err >> answers.txt
	done
	is "$missed" "" "the mock takes none of them"
	stop_mock
	quiet "and it is in no answer, log, archive or record" \
	    answers.txt mocked archive.db mock.log
else
	skip "the mock" "curl is not installed"
fi

# ---- The pool, and what somebody attests
cat > esitesti.xml <<EOF
<project xmlns="urn:esitesti:project:1">
  <pool><person code="200111A904P" given="Testi" family="Esimerkki"
      birth="20110120" gender="2"/></pool>
</project>
EOF
out=$("$esitesti" check --lang en --stages guard record.xml 2>&1)
is $? 1 "esitesti.xml in the folder is the pool"
like "$out" "ESI-GUARD-02" "whose codes alone pass"
like "$out" "Project file esitesti.xml: test persons 1" "and that is told"
mv esitesti.xml own.xml
"$esitesti" check --stages guard record.xml > /dev/null 2>&1
is $? 0 "without it any of the 900 series does"
"$esitesti" check --stages guard --pool own.xml record.xml > /dev/null 2>&1
is $? 1 "--pool names another"
printf '<project xmlns="urn:esitesti:project:1"/>' > empty.xml
out=$("$esitesti" check --lang en --stages guard --pool empty.xml record.xml)
is $? 1 "one that names nobody lets nobody pass"
like "$out" "ESI-GUARD-02" "… and says which code it is"
like "$("$esitesti" check --stages guard --pool empty.xml \
    "$root/fixtures/clean/sanoma-arkistointi.xml")" \
    'arkistointi\.xml#document:[0-9]+:[0-9]+: error ESI-GUARD-02' \
    "in the document of a message the line is the document's"
like "$("$esitesti" check --lang en --stages guard --project empty.xml record.xml)" \
    "empty.xml names no test person: any code" "a project that names nobody says so"
"$esitesti" check --pool none.xml record.xml > /dev/null 2>&1
is $? 2 "one that is not there is a fault"

printf '%%PDF-1.4 nothing to be seen here at all\n' > a.pdf
digest=$(sha256sum a.pdf | cut -d' ' -f1)
sed "s|</title>| $(base64 -w0 a.pdf)&|" record.xml > pdf.xml
out=$("$esitesti" check --lang en --stages guard pdf.xml 2>&1)
is $? 1 "a PDF cannot be inspected"
like "$out" "ESI-GUARD-03.*PDF.*$digest" "and its digest is told"
attest() {
	sed 's|</project>||' "$root/fixtures/self-test.xml" |
	    sed '/<document /d' > attested.xml
	printf '<attested-content sha256="%s" name="Testi Testaaja" date="%s"/>' \
	    "$1" "$2" >> attested.xml
	echo '</project>' >> attested.xml
}
attest "$digest" 2026-11-21
out=$("$esitesti" check --lang en --stages guard --pool attested.xml pdf.xml 2>&1)
is $? 0 "somebody's word lets it pass"
like "$out" "Testi Testaaja attests on 2026-11-21" "and is told"
"$esitesti" run --out unattested --case ptv-arkistointi-01 \
    --project "$root/fixtures/self-test.xml" \
    --document hoitokertomus=pdf.xml > /dev/null 2>&1
is $? 5 "run stops it"
"$esitesti" run --out attested --case ptv-arkistointi-01 --lang en \
    --project attested.xml --document hoitokertomus=pdf.xml > attested.txt 2>&1
isnt=$?
[ $isnt -ne 5 ]
ok $? "but not when it is attested"
grep -q "guard_attested.*$digest.*Testi Testaaja" attested/journal.jsonl
ok $? "the journal tells whose word it was"
"$esitesti" report --html attested.html attested > /dev/null 2>&1
grep -q "Testi Testaaja" attested.html
ok $? "so does the report"
attest "${digest}0" 2026-11-21
"$esitesti" lint attested.xml > /dev/null 2> lint.txt
is $? 3 "lint knows a digest"
like "$(cat lint.txt)" "is no SHA-256" "and says so"
attest "$digest" 2026-02-30
"$esitesti" lint attested.xml > /dev/null 2>&1
is $? 3 "and a date"

# ---- Code lists
"$esitesti" lint "$root"/fixtures/codes/*.xml > /dev/null 2>&1
is $? 0 "the shipped code lists are in order"
sed 's/code="2" codeSystem="1.2.246.537.5.40150.2009"/code="99" codeSystem="1.2.246.537.5.40150.2009"/' \
    record.xml > code.xml
out=$("$esitesti" check --lang en --stages codes code.xml 2>&1)
is $? 0 "a code of a list that is known in part is a warning"
like "$out" "ESI-CODE-02" "with its rule"
printf 'CodeId;LongName\r\n1;yksi\r\n2;kaksi\r\n' > list.csv
out=$("$esitesti" check --lang en --stages codes --codes \
    list.csv,oid=1.2.246.537.5.40150.2009,code=CodeId,name=LongName code.xml 2>&1)
is $? 1 "--codes names the whole list"
like "$out" "ESI-CODE-01" "which does not hold it"
like "$out" "code list 1\\.2\\.246\\.537\\.5\\.40150\\.2009 [(]list\\.csv[)]" \
    "whose OID is told once"
like "$out" "unless complete=no is added" "… and that it counts as complete"
out=$("$esitesti" check --lang en --stages codes --codes \
    list.csv,oid=1.2.246.537.5.40150.2009,code=CodeId,complete=no code.xml 2>&1)
is $? 0 "one that is told to be a part of the list makes no error"
cat > list.xml <<EOF
<codes xmlns="urn:esitesti:codes:1"><list oid="1.2.246.537.5.40150.2009" fi="R"
    en="R" complete="true" mark="F" source="own"><code value="99"/></list></codes>
EOF
"$esitesti" check --stages codes --codes list.xml code.xml > /dev/null 2>&1
is $? 0 "another list does"
done_testing
