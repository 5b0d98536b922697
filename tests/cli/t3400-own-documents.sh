#!/bin/sh
# The vendor's own documents: a file, a command, and what neither can do.
. "$(dirname "$0")/../lib/tap.sh"

"$esitesti" run ptv-arkistointi-01 --out shipped > /dev/null
is $? 0 "the shipped record is archived"

# A stand-in for the vendor's document: the one that was sent just now.
body=$(ls shipped/messages/*-archive-1.request.body)
sed -n '/^Content-ID/,/^------/p' "$body" | sed -e 1d -e '/^------/d' |
    base64 -d -i > record.xml
oid=$(xmllint --xpath "string(/*/*[local-name()='id']/@root)" record.xml)

out=$("$esitesti" run --lang en --out file --document hoitokertomus=record.xml)
is $? 0 "the cases pass with a file"
like "$out" "Pre-test report" "it is no self-test"
like "$out" "n/a +ptv-haku-02" "two different documents cannot be one file"
like "$(cat file/junit.xml)" "are one and the same file" "and the cause is told"
like "$(cat file/junit.xml)" 'value="vendor-file"' "JUnit tells whose it is"
like "$(printf %s "$out" | tr -s " \n" " ")" \
    "- n/a documents '[a-z]*' and '[a-z]*' are one and the same .*: ptv-haku-02" \
    "below the table, too"
like "$(cat file/report.html)" "are one and the same file" "and on the page"
like "$out" "Partly with the vendor's documents: ptv-arkistointi-02" \
    "cases with documents of both kinds are named"
like "$(cat file/junit.xml)" 'value="mixed"' "JUnit tells them apart"
like "$(cat file/report.html)" "partly the vendor's" "and so does the page"
like "$out" "content rules and codes were not checked" \
    "what was not checked is told beside the result"
unlike "$out" "✗" "deliberately faulty documents stay our own"

cat > make-document.sh <<'E2'
#!/bin/sh
sed "s/$1/$1.1$(date +%N)$$/g" record.xml
E2
cat > esitesti.xml <<E2
<project xmlns="urn:esitesti:project:1">
  <organisation role="palvelunantaja" oid="1.2.246.10.1234567.10.0"
      name="Esimerkki (testi)"/>
  <organisation role="palveluyksikko" oid="1.2.246.10.1234567.10.1"
      name="Esimerkki (testi), vastaanotto"/>
  <organisation role="rekisterinpitaja" oid="1.2.246.10.1234567.19.0"
      name="Esimerkki (testi)"/>
  <organisation role="lahettava-laite" oid="1.2.246.10.1234567.13.1"
      name="Esimerkki (testi)"/>
  <professional id-root="1.2.246.537.25" id="00000000901" given="Testi"
      family="Ammattilainen"/>
  <pool>
    <person code="010181-900C" given="Testi" family="Esimerkki"
        birth="19810101" gender="2"/>
  </pool>
  <document kind="hoitokertomus" command="sh make-document.sh $oid"/>
</project>
E2
out=$("$esitesti" lint esitesti.xml)
is $? 0 "the project file is in order"
out=$("$esitesti" run --lang en --out command)
is $? 0 "the cases pass with a command"
like "$out" "✓ passed +ptv-haku-02" "whose documents are fresh each time"

sed '/palveluyksikko/,/vastaanotto/d' esitesti.xml > short.xml
out=$("$esitesti" run --lang en --out short --project short.xml)
is $? 8 "a template's value that the project lacks is an error"
like "$(cat short/junit.xml)" "role .*palveluyksikko" "and the role is named"

sed -i 's/sh make-document.sh/false/' esitesti.xml
out=$("$esitesti" run --lang en --out broken ptv-arkistointi-01)
is $? 8 "a command that fails is an error of the harness"

# What a command says may hold a person's code: no record does.
printf 'echo no patient %s-308%s >&2\nexit 1\n' 131052 T > talks.sh
sed -i 's/command="false[^"]*"/command="sh talks.sh"/' esitesti.xml
out=$("$esitesti" run --lang en --out talks ptv-arkistointi-01)
is $? 8 "a command may say why it failed"
like "$(cat talks/journal.jsonl)" 'no patient 13[*]{4}-[*]{4}' "it is told"
grep -rq "131052-308" talks
[ $? -ne 0 ]
ok $? "but a code in its words stands in no file"

start_mock --out mock-run
printf '<a/>' > a.xml
mtls_curl --data-binary @a.xml "$mock_url/" > /dev/null
stop_mock
out=$("$esitesti" report mock-run 2>&1)
is $? 0 "of a mock's run folder there is a page"
like "$("$esitesti" report --rejudge mock-run 2>&1)" "holds no verdicts" \
    "… and nothing to judge again"

done_testing
