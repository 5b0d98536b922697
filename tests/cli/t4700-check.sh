#!/bin/sh
# `esitesti check` over many files: order, renderings, exit codes, baseline.
# $syn is two words on purpose.
# shellcheck disable=SC2086
. "$(dirname "$0")/../lib/tap.sh"

good='<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId/></ClinicalDocument>'
syn=--stages=syntactic

mkdir -p d/sub d/.hidden d/run
printf '%s' "$good" > d/b.xml
printf '%s' "$good" > d/a.xml
printf '<a>' > d/sub/broken.xml
printf '%s' "$good" > d/sub/message.txt
printf 'not xml' > d/note.txt
printf '<a>' > d/.hidden/x.xml
printf '<a>' > d/run/x.xml
: > d/run/journal.jsonl
printf '<project xmlns="urn:esitesti:project:1"/>' > d/own.xml

# ---- Folders
out=$("$esitesti" check "$syn" --format json d)
is $? 1 "an error in a folder: exit code 1"
names=$(printf '%s' "$out" | grep -o '"name":"[^"]*"' | tr '\n' ' ')
is "$names" '"name":"d/a.xml" "name":"d/b.xml" "name":"d/sub/broken.xml" "name":"d/sub/message.txt" ' \
    "files of folders come sorted; hidden, run folders and own files do not"
like "$out" '"passed-over":2' "what was passed over is counted"

# ---- Exit codes
"$esitesti" check "$syn" d/a.xml > /dev/null; is $? 0 "a clean file: 0"
mkdir empty
out=$("$esitesti" check "$syn" empty)
is $? 2 "a folder without a file to check: 2"
like "$out" '^No file was checked' "… and it says so"
"$esitesti" check "$syn" < d/a.xml - > /dev/null; is $? 0 "standard input"
printf '\357\273\277%s' "$good" > bom.xml
"$esitesti" check "$syn" bom.xml > /dev/null; is $? 0 "a warning: 0"
"$esitesti" check "$syn" --fail-on warning bom.xml > /dev/null
is $? 1 "a warning with --fail-on warning: 1"
like "$("$esitesti" check "$syn" --fail-on warning bom.xml)" \
    '^The file has warnings' "… and it is not called an error"
out=$("$esitesti" check "$syn" nothing.xml d/sub/broken.xml)
is $? 2 "a file that is not there: 2"
like "$out" 'broken.xml:1:.* error ESI-SYN-10' "… and the others are checked"
truncate -s 61M big.xml
printf '%s' '<ClinicalDocument xmlns="urn:hl7-org:v3">' | dd of=big.xml conv=notrunc 2> /dev/null
out=$("$esitesti" check "$syn" big.xml)
is $? 3 "a document over the cap: 3"
like "$out" '61.0 MB; a document may have 60 MB' "… told by its size"
truncate -s 97M huge.xml
"$esitesti" check "$syn" huge.xml > /dev/null; is $? 3 "so is any larger file"
"$esitesti" check "$syn" --format text --out . d/a.xml > /dev/null 2>&1
is $? 2 "a report that cannot be written: 2, before any work"
"$esitesti" check "$syn" --json x --sarif x d/a.xml > /dev/null 2>&1
is $? 2 "two reports in one file: 2"

# ---- What it was held against is proved by sha256sum alone
sha() { sha256sum "$@" | cut -c 1-64; }
cp "$root/cases/rules/kielto.sch" own.sch
out=$("$esitesti" check --stages=schema,rules --rules own.sch \
    "$root/fixtures/clean/hoitokertomus.xml")
like "$out" "given [(]SHA-256[)]: own.sch 1 [(]$(sha own.sch)[)]" \
    "a rule set of one file: its own SHA-256"
like "$out" "otsikko.sch 1 [(]$(sha "$root/cases/rules/otsikko.sch" | cut -c 1-12)[)]" \
    "… and of shipped ones, which were compiled before"
all=$(cd "$root/fixtures/schemas" && find . -name 'cda-fi*.xsd' |
    sed 's,^\./,,' | LC_ALL=C sort | xargs sha256sum | sha | head -n 1)
like "$out" "cda-fi.xsd 1.* [(]SHA-256 $(sha "$root/fixtures/schemas/cda-fi.xsd"), [+]7: ${all}[)]" \
    "a schema of several: the first file's, and one over all"

# ---- A name that there is was meant
cat > other.xsd <<EOF
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:f="urn:hl7finland"
    targetNamespace="urn:hl7-org:v3" elementFormDefault="qualified">
  <xs:import namespace="urn:hl7finland" schemaLocation="fi.xsd"/>
  <xs:element name="ClinicalDocument"><xs:complexType><xs:sequence>
    <xs:element ref="f:localHeader"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>
EOF
cat > fi.xsd <<EOF
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="urn:hl7finland"><xs:element name="localHeader"/></xs:schema>
EOF
for name in localSocialHeader localHaeder; do
	printf '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:hl7fi="urn:hl7finland"><hl7fi:%s/></ClinicalDocument>' \
	    "$name" > "$name.xml"
done
out=$("$esitesti" check --stages=schema --schema other.xsd localSocialHeader.xml)
like "$out" "localSocialHeader" "a known element in a strange place is told"
unlike "$out" "localHeader' meant" "… and no other name is put in its place"
like "$("$esitesti" check --stages=schema --schema other.xsd localHaeder.xml)" \
    "localHeader' meant" "a misspelt one is told what is near"

# ---- Who may have signed
out=$("$esitesti" check --stages=signature \
    "$root/fixtures/defects/allekirjoitus-varmenne-toisen.xml")
like "$out" "under the organisation's root 1[.]2[.]246[.]10[.][0-9]+," \
    "not one OID is asked for, but one under the root"

# ---- What the schema has told is not told again by a rule
sed 's/effectiveTime value="20260115101500"/effectiveTime value="2026-01-15"/' \
    "$root/fixtures/clean/hoitokertomus.xml" > time.xml
out=$("$esitesti" check --stages=schema,rules time.xml)
like "$out" 'error ESI-SCH-08' "a time that is none is told by the schema"
like "$out" 'schema tells of at the same place: 1\.' "and that a rule is silent of it"
unlike "$out" 'ESI-H-77' "and not once more by a rule"
like "$("$esitesti" check --stages=rules time.xml)" 'error ESI-H-77' \
    "which tells it where no schema was asked"
sed '/<id root="1.2.246.10.1234562.11.2026.903"\/>/d' \
    "$root/fixtures/clean/hoitokertomus.xml" > id.xml
out=$("$esitesti" check --stages=schema,rules id.xml)
is "$(printf '%s\n' "$out" | grep -cE ' (error|warning|info) ESI-')" 1 \
    "so is a document's id that is missing: by one finding"

# ---- A foreign file among others is named, and does not speak for them
mkdir mixed
cp "$root/fixtures/clean/hoitokertomus.xml" "$root/fixtures/clean/resepti.xml" mixed
echo '<other xmlns="urn:x"/>' > mixed/other.xml
out=$("$esitesti" check --html mixed.html --json mixed.json mixed)
is $? 1 "a file that is neither document nor message is an error"
like "$out" '^  schema +partly checked .*files checked 2, not checked 1: ' \
    "each stage tells how many files were checked, and how many not"
like "$out" '^! .*neither a document nor a message: 1 \(mixed/other.xml\)' \
    "and the end names it"
like "$("$esitesti" check --lang=fi mixed)" '^  skeema +osin tarkistettu .*tarkistettu 2, tarkistamatta 1: ' \
    "in Finnish, too"
grep -q '"stage":"schema","verdict":"partly-checked".*"files-checked":2,"files-not-checked":1' mixed.json
ok $? "so does JSON"
grep -q 'files checked 2, not checked 1: ' mixed.html
ok $? "so does the page"
rm mixed/other.xml
unlike "$("$esitesti" check mixed)" 'partly|neither' "without it nothing is left open"

# ---- Many files, several threads: the same bytes
mkdir many
i=0
while [ $i -lt 120 ]; do
	if [ $((i % 3)) -eq 0 ]; then printf '<a>'; else printf '%s' "$good"; fi \
	    > "many/$i.xml"
	i=$((i + 1))
done
for format in text json sarif; do
	"$esitesti" check "$syn" --jobs 1 --format $format many | grep -v '"started"' > one.$format
	"$esitesti" check "$syn" --jobs 8 --format $format many | grep -v '"started"' > eight.$format
	cmp one.$format eight.$format > /dev/null
	ok $? "$format does not depend on the number of threads"
done
is "$(grep -c '"rule":"ESI-SYN-10"' one.json)" 40 "each of 40 broken files is told"

# ---- Renderings, all in one run
"$esitesti" check "$syn" --html r.html --json r.json --junit r.xml --sarif r.sarif d > r.txt
is "$(xmllint --noout r.html r.xml 2>&1)" "" "HTML and JUnit are well-formed XML"
if command -v python3 > /dev/null; then
	python3 -m json.tool < r.json > /dev/null && python3 -m json.tool < r.sarif > /dev/null
	ok $? "JSON and SARIF are JSON"
else
	skip "JSON and SARIF are JSON" "python3 is not installed"
fi
if python3 -c 'import jsonschema' 2> /dev/null; then
	python3 -c 'import json,sys,jsonschema
jsonschema.validate(json.load(open("r.json")), json.load(open(sys.argv[1])))' \
	    "$root/cases/check-report.schema.json"
	ok $? "JSON is as its schema says"
else
	skip "JSON is as its schema says" "python3-jsonschema is not installed"
fi
like "$(cat r.html)" '<title>Document check · Not a validation report of Kela.</title>' \
    "the page's title says that it is not Kela's"
unlike "$(cat r.html)" '<script|src=|href="http|@import|url[(]' "the page needs nothing from elsewhere"
like "$(cat r.sarif)" '"version":"2.1.0"' "SARIF says its version"
like "$(cat r.sarif)" '"uri":"d/sub/broken.xml"' "SARIF names files relatively"
like "$(cat r.xml)" '<failure message=' "JUnit has a failure"
like "$(cat r.txt)" 'Not a validation report of Kela' "the text says so, too"
"$esitesti" check "$syn" --lang=fi --html fi.html d > fi.txt
like "$(cat fi.html)" 'Ei Kelan validointiraportti' "… and in Finnish"
out=$(GITHUB_ACTIONS=true "$esitesti" check "$syn" d/sub/broken.xml 2>&1 > /dev/null)
like "$out" '^::error file=d/sub/broken.xml,line=1,col=[0-9]+,title=ESI-SYN-10::' \
    "GitHub gets annotations"

# ---- What must not be shown
code="131052-308"
printf '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>%sT</title><x></ClinicalDocument>' "$code" > "id.xml"
cp id.xml "${code}T.xml"
"$esitesti" check --html i.html --json i.json --junit i.xml --sarif i.sarif --github \
    id.xml "${code}T.xml" "${code}T-not-there.xml" > i.txt 2> i.err
is "$(grep -l "$code" i.html i.json i.xml i.sarif i.txt i.err)" "" \
    "no rendering shows an identity code, in a file or in a name"

# ---- Baseline
"$esitesti" check "$syn" --write-baseline b.xml d > /dev/null
"$esitesti" check "$syn" --baseline b.xml d > /dev/null 2> err.txt
is $? 3 "a baseline that is not filled in is not loaded"
like "$(cat err.txt)" "'reason' of 'accept'" "… and says what is missing"
cp b.xml before.xml
"$esitesti" check "$syn" --write-baseline b.xml d > /dev/null 2> err.txt
is $? 2 "one that is there is not written over"
like "$(cat err.txt)" 'take the new entries over' "… and says what to do"
cmp b.xml before.xml; ok $? "… and stays as it was"
rm b.xml
"$esitesti" check "$syn" --write-baseline b.xml --reason known --until 2999-12-31 --by Testi d > /dev/null
out=$("$esitesti" check "$syn" --baseline b.xml d)
is $? 0 "what is accepted does not count"
like "$out" 'accepted as known 1' "… but is told"
like "$out" 'Findings accepted as known: 1' "… and of its stage, too"
is "$("$esitesti" lint b.xml)" "1 file in order, 0 faulty" "lint knows baselines"
is "$(xmllint --noout --relaxng "$root/cases/baseline.rng" b.xml 2>&1)" "b.xml validates" \
    "so does the published grammar"
(cd d && "$esitesti" check "$syn" --baseline ../b.xml . > /dev/null)
is $? 0 "… from wherever it is checked"
"$esitesti" check "$syn" --baseline ./b.xml "$PWD/d" > /dev/null
is $? 0 "… and however it is named"
mkdir own
sed 's,file="d/,file="../d/,' b.xml > own/known.xml
printf '<project xmlns="urn:esitesti:project:1"><check baseline="known.xml"/></project>' \
    > own/esitesti.xml
"$esitesti" check "$syn" --project own/esitesti.xml d > /dev/null
is $? 0 "that of a project counts from its own folder"
rm own/known.xml
"$esitesti" check "$syn" --project own/esitesti.xml d > /dev/null 2> err.txt
is $? 2 "a project's baseline that is not there: 2"
like "$(cat err.txt)" 'makes it with --write-baseline own/known.xml' "… and how it is made"
"$esitesti" check "$syn" --project own/esitesti.xml --write-baseline ./own/known.xml \
    --reason known --until 2999-12-31 --by Testi d > /dev/null
is $? 1 "it can be made with the project"
"$esitesti" check "$syn" --project own/esitesti.xml d > /dev/null
is $? 0 "… and accepts"
"$esitesti" check "$syn" --baseline none.xml d > /dev/null 2> err.txt
is $? 2 "so is an option's"
like "$(cat err.txt)" '--write-baseline none.xml makes one' "… and how it is made"
sed 's/2999/2001/' b.xml > old.xml
out=$("$esitesti" check "$syn" --baseline old.xml d)
is $? 1 "what has expired speaks again"
like "$out" 'ended on 2001-12-31' "… and the baseline is told to be old"
unlike "$("$esitesti" check "$syn" --baseline b.xml d/a.xml)" 'was not needed' \
    "of an entry whose file was not checked nothing is said"
cp d/sub/broken.xml kept.xml
printf '%s' "$good" > d/sub/broken.xml
like "$("$esitesti" check "$syn" --baseline b.xml d)" 'was not needed' \
    "an entry that was not needed is told"
mv kept.xml d/sub/broken.xml

# ---- What the guard stops is not accepted
printf '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>%sT</title></ClinicalDocument>' "$code" > g.xml
out=$("$esitesti" check --stages=guard --write-baseline gb.xml g.xml)
unlike "$(cat gb.xml)" 'GUARD' "an error of the guard is not written into a baseline"
like "$out" '^! Errors of the guard \(1\) were not written' "… and that is told"
cat > gb2.xml <<-EOF
<baseline xmlns="urn:esitesti:baseline:1">
  <accept rule="ESI-GUARD-01" file="*" reason="known" until="2999-12-31" by="Testi"/>
</baseline>
EOF
out=$("$esitesti" check --stages=guard --baseline gb2.xml g.xml)
is $? 1 "an entry for one accepts nothing"
like "$out" '^! gb2.xml:2: the entry has no effect: rule ESI-GUARD-01' "… and is told to have no effect"

# ---- Files that are not there
for option in --rules=nosuch.sch --schema=nosuch.xsd --codes=nosuch.csv \
    --codes=nosuch.csv,oid=1.2.3,code=Koodi --rules=d; do
	"$esitesti" check "$option" d > /dev/null 2> err.txt
	is $? 2 "$option: 2"
	like "$(cat err.txt)" 'name a file that is there' "… with a next step"
done
"$esitesti" sign nosuch.xml > /dev/null 2> err.txt
is $? 2 "sign: a file that is not there: 2"
like "$(cat err.txt)" 'name a file that is there' "… with a next step"
"$esitesti" check "$syn" --html nowhere/x.html d > /dev/null 2> err.txt
like "$(cat err.txt)" 'in a folder that is there' "a report's folder is to be there"
if [ ! -w /proc ]; then
	"$esitesti" check "$syn" --html /proc/x.html d > /dev/null 2> err.txt
	like "$(cat err.txt)" 'in a folder that can be written to' "… and to be writable"
fi

# ---- Rules
for option in --format=json --html=x --json=x --junit=x --sarif=x --out=x --stages=guard; do
	"$esitesti" check --list-rules "$option" > /dev/null 2> err.txt
	is $? 2 "--list-rules refuses $option"
	like "$(cat err.txt)" "together with ${option%%=*}" "… by name"
done
like "$("$esitesti" check --list-rules)" '^ESI-SYN-01 +error +syntactic' "rules of C are listed"
like "$("$esitesti" check --list-rules --lang=fi)" '^ESI-H-01 +error +rules' "those of rule sets, too"

# ---- Interrupted
mkfifo pipe
"$esitesti" check "$syn" --json never.json d/a.xml pipe > /dev/null 2>&1 &
pid=$!
sleep 0.5
kill -INT $pid
sleep 0.1
kill -INT $pid 2> /dev/null
wait $pid
is $? 130 "interrupted: 130"
[ ! -e never.json ]; ok $? "… and no report is left behind"
done_testing
