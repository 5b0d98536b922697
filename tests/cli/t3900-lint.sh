#!/bin/sh
# What lint says of a new user's slips, and of the man page's own example.
. "$(dirname "$0")/../lib/tap.sh"

body() { # body FIXTURE SELECT SAYS-IN-ENGLISH
	cat <<EOF
<case xmlns="urn:esitesti:case:1" xmlns:v3="urn:hl7-org:v3" id="oma-01"
    service="potilastietovaranto" content="arkistointi" where="any">
  <title xml:lang="fi">Oma</title>
  <title xml:lang="en">Own</title>
  <rests-on fact="sanoma-arkistointi" mark="F"/>
  <document name="record" kind="hoitokertomus" fixture="$1"/>
  <step id="archive">
    <send message="archive" document="record"/>
    <expect kind="xpath" select="$2">
      <says xml:lang="fi">Oma</says>
      $3
    </expect>
  </step>
</case>
EOF
}
shipped=fixtures/potilastieto/hoitokertomus.xml
good="//v3:acknowledgement"
own='<says xml:lang="en">Own</says>'
lint() { # lint FIXTURE SELECT SAYS PATTERN TITLE
	body "$1" "$2" "$3" > own.xml
	lint_out=$("$esitesti" lint own.xml 2>&1)
	is $? 3 "$5"
	like "$lint_out" "$4" "… and says so"
}

# ---- Folders
mkdir own
body $shipped "$good" "$own" > own/oma.xml
cd own || exit 2
"$esitesti" run --out ajo oma.xml > /dev/null
is $? 0 "an own case runs"
mkdir .hidden && echo '<case xmlns="urn:esitesti:case:1"/>' > .hidden/bad.xml
out=$("$esitesti" lint . 2>&1)
is $? 0 "the run folder beside it is no folder of cases"
like "$out" "^1 file in order" "nor is a hidden one"
is "$("$esitesti" list . | wc -l)" 1 "list says the same"
"$esitesti" run --out ajo2 . > /dev/null
is $? 0 "and so does run"
cd .. || exit 2

# ---- Cases
lint nowhere.xml "$good" "$own" "own.xml:6: there is no template 'nowhere.xml'" \
    "a template that is not there"
cp "$root/$shipped" mine.xml
body mine.xml "$good" "$own" > own.xml
"$esitesti" lint own.xml > /dev/null 2>&1
is $? 0 "a template may stand beside the case"
"$esitesti" run --out beside own.xml > /dev/null
is $? 0 "and the run finds it there, too"
lint $shipped "$good" '' \
    "own.xml:9:.*'says' in English \\(xml:lang=\"en\"\\) is missing" \
    "a text in one language only"
lint $shipped "//acknowledgement" "$own" "did you mean 'v3:acknowledgement'" \
    "an element without its prefix"
lint $shipped "//v4:acknowledgement" "$own" "the prefix 'v4' of 'v4:ackn" \
    "an unbound prefix"
like "$lint_out" "binds 'v3'" "… with those that are bound"
body $shipped "//faultcode" "$own" > own.xml
"$esitesti" lint own.xml > /dev/null 2>&1
is $? 0 "a SOAP fault's children are in no namespace"

# ---- Files that are something else
out=$("$esitesti" lint mine.xml 2>&1)
is $? 2 "a document is no file of ours"
like "$out" "lint checks case, dialect and project files" "… which is said"
echo '<project/>' > p.xml
out=$("$esitesti" lint p.xml 2>&1)
is $? 3 "a project file without its namespace"
like "$out" '<project xmlns="urn:esitesti:project:1"' "… is told it"

# ---- Project files
mkdir dialects
sed 's/name="kanta-bare"/name="mine"/' "$root/cases/dialects/kanta-bare.xml" \
    > dialects/mine.xml
cat > dialects/mine-too.xml <<'EOF'
<dialect xmlns="urn:esitesti:dialect:1" name="mine-too" extends="mine">
  <title xml:lang="fi">Oma</title>
  <title xml:lang="en">Own</title>
</dialect>
EOF
project() { # project TEST-HOST TARGET-ATTRIBUTES DOCUMENT-ATTRIBUTES
	cat > esitesti.xml <<EOF
<project xmlns="urn:esitesti:project:1">
$(sed -n '/<organisation/p;/<professional/p;/<pool>/,/<\/pool>/p' \
    "$root/fixtures/self-test.xml")
  <test-host name="$1" source="Kela" attested-by="Testi Testaaja"
      date="2026-11-21"/>
  <target name="at" url="https://archive.example/" $2/>
  <document kind="hoitokertomus" shipped="true"/>
  <document $3/>
</project>
EOF
}
test_certs
cp "$certs/ca.pem" "$certs/client.pem" "$certs/client.key" .
keys='ca="ca.pem" certificate="client.pem" key="client.key"'
other='kind="lausunto" file="mine.xml"'
project archive.example "$keys dialect=\"mine-too\"" "$other"
out=$("$esitesti" lint esitesti.xml 2>&1)
is $? 0 "a project with a dialect and a host of its own"
[ "$out" = "1 file in order, 0 faulty" ] || echo "# $out"
"$esitesti" lint dialects/*.xml > /dev/null 2>&1
is $? 0 "a dialect may extend the one beside it"
"$esitesti" run --dialect mine-too --out mine --case ptv-arkistointi-01 \
    > /dev/null
is $? 0 "a run, and its mock, find it by name"
grep -q '"dialect":"mine-too"' mine/journal.jsonl
ok $? "and the record says which it was"

wrong() { # wrong TITLE PATTERN, of the project just made
	wrong_out=$("$esitesti" lint esitesti.xml 2>&1)
	is $? 3 "$1"
	like "$wrong_out" "esitesti.xml:[0-9]+:[0-9]+: $2" "… with its place"
}
project archive.example 'ca="nowhere.pem"' "$other"
wrong "a CA file that is not there" "there is no file 'nowhere.pem'"
project archive.example "$keys dialect=\"nonesuch\"" "$other"
wrong "a dialect that is not there" "there is no dialect 'nonesuch'"
project archive.example "$keys" 'kind="hoitokertomuss" file="mine.xml"'
wrong "a kind that no case has" "no case has a document 'hoitokertomuss'"
project archive.example "$keys" 'kind="lausunto" file="none.xml"'
wrong "a document that is not there" "there is no file 'none.xml'"
project '*.example' "$keys" "$other"
wrong "a pattern for a test host" "'\\*.example' is no whole host name"
project www.kanta.fi "$keys" "$other"
wrong "production attested as a test host" "'www.kanta.fi' is known as prod"

# ---- An attested host
project other.example "$keys" "$other"
out=$("$esitesti" run --target at --out unknown --lang en \
    --case ptv-arkistointi-01 2>&1)
is $? 5 "the guard stops what goes to a host that nobody attests"
like "$out" "archive.example is not a known test" "because of the host"
project archive.example "$keys" "$other"
# A case for the mock only: the run begins, and nothing leaves this machine.
out=$("$esitesti" run --target at --out attested --lang en \
    --case ptv-eheys-01 | tr -s '\n ' ' ')
like "$out" "Testi Testaaja attested on 2026-11-21 that it is one" \
    "the table says whose word it is"
grep -q "Testi Testaaja" attested/report.html
ok $? "and so does the report"
grep -q '"id":"guard_target"' attested/journal.jsonl
[ $? -ne 0 ]
ok $? "an attested host does not stop it"
grep -qE '"event":"(sending|exchange)"' attested/journal.jsonl
[ $? -ne 0 ]
ok $? "and no message was made for it"
like "$(grep host_attested attested/journal.jsonl)" \
    'archive.example.*Testi Testaaja.*2026-11-21' "the record names the witness"

# ---- Names
out=$("$esitesti" run --target att 2>&1)
is $? 2 "an unknown target"
like "$out" "did you mean 'at'" "… with the near one"
for command in list run; do
	out=$("$esitesti" $command --tag foo 2>&1)
	is $? 2 "$command: an unknown tag"
	like "$out" "there are: .*perus" "… with those that there are"
done

out=$("$esitesti" certs show mine.xml 2>&1)
like "$out" "begins like XML" "certs show of another file says what it is"
like "$(make -C "$root" help)" "make check " "make help lists the targets"

# ---- The man page
if command -v mandoc > /dev/null; then
	mandoc -Tutf8 "$root/harness/esitesti-case.5" |
	    sed -n '/<case xmlns/,/<\/case>/p' > manual.xml
	out=$("$esitesti" lint manual.xml 2>&1)
	is $? 0 "the man page's example is in order"
	mandoc -Tutf8 "$root/harness/esitesti-case.5" |
	    sed -n '/<project xmlns/,/<\/project>/p' > project.xml
	grep -v '<target\|pkcs12' project.xml |
	    sed '/<check/,/<\/check>/d' > without.xml
	out=$("$esitesti" lint without.xml 2>&1)
	is $? 0 "so is its project file, but for the files that it names"
	out=$("$esitesti" lint project.xml 2>&1)
	like "$out" "there is no file 'codes/gender.csv' to be read" \
	    "each of which is told when it is not there"
else
	skip "the man page's example" "mandoc is not installed"
fi

done_testing
