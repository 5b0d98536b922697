#!/bin/sh
# What the project file says documents are checked with, and what options do.
. "$(dirname "$0")/../lib/tap.sh"

clean=$root/fixtures/clean/hoitokertomus.xml
mkdir -p own/skeemat own/rules
cat > own/skeemat/official.xsd << 'END'
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" version="2031"
    targetNamespace="urn:hl7-org:v3" elementFormDefault="qualified">
  <xs:element name="ClinicalDocument" type="xs:anyType"/>
</xs:schema>
END
sed 's/2031/2032/' own/skeemat/official.xsd > other.xsd
rules() { # rules ID
	cat << END
<schema xmlns="http://purl.oclc.org/dsdl/schematron">
  <ns prefix="v3" uri="urn:hl7-org:v3"/>
  <pattern><rule context="/v3:ClinicalDocument">
    <assert id="$1" test="v3:no-such">Told by $1.</assert>
  </rule></pattern>
</schema>
END
}
rules OWN-1 > own/rules/own.sch
rules OPTION-1 > option.sch
# A list in which the document's register is not.
printf 'Koodi;Nimi\nzz;ei tunneta\n' > own/codes.csv
cat > own/known.xml << 'END'
<baseline xmlns="urn:esitesti:baseline:1">
  <accept rule="OWN-1" file="*.xml" reason="tiedossa" until="2099-01-01" by="Testi"/>
</baseline>
END
project() { # project CHECK-ELEMENT
	printf '<project xmlns="urn:esitesti:project:1">\n%s\n</project>\n' \
	    "$1" > own/esitesti.xml
}
both='<check schema="skeemat/official.xsd">
  <rules file="rules/own.sch"/>
  <codes file="codes.csv" oid="1.2.246.537.5.40150.2009" code="Koodi" name="Nimi"/>
</check>'
all=--stages=schema,rules,codes

out=$("$esitesti" check "$all" "$clean")
is $? 0 "without a project file the document is clean"
like "$out" 'cda-fi.xsd' "by our own schema"

project "$both"
cd own || exit 2
out=$("$esitesti" lint esitesti.xml 2>&1)
is $? 0 "a project file that says what to check with is in order"
xmllint --noout --nonet --relaxng "$root/cases/project.rng" esitesti.xml 2> /dev/null
ok $? "and fits the grammar"
out=$("$esitesti" check "$all" "$clean")
is $? 1 "the project file is found as 'run' finds it"
like "$out" 'official.xsd 2031 \(SHA-256' "its schema takes the place of ours, and is told"
like "$out" 'OWN-1' "its rules are tried"
like "$out" 'ESI-CODE-[0-9]+' "its code list takes the place of ours"
cd ..
out=$("$esitesti" check "$all" --project own/esitesti.xml "$clean")
is $? 1 "--project names another one"
like "$out" 'official.xsd 2031' "whose files stand beside it"
out=$("$esitesti" check "$all" --project own/esitesti.xml --schema other.xsd \
    --rules option.sch "$clean")
like "$out" 'other.xsd 2032' "the option's schema wins"
like "$out" 'OPTION-1' "the option's rules are tried"
like "$out" 'OWN-1' "beside the project's"
out=$("$esitesti" check --list-rules --project own/esitesti.xml)
like "$out" '^OWN-1' "the list of rules has them"

project '<check baseline="known.xml"><rules file="rules/own.sch"/></check>'
out=$("$esitesti" check "$all" --project own/esitesti.xml --format json "$clean")
is $? 0 "what its baseline accepts does not count"
like "$out" 'tiedossa' "and is told with its reason"
sed 's/OWN-1/OWN-2/' own/known.xml > none.xml
"$esitesti" check "$all" --project own/esitesti.xml --baseline none.xml \
    "$clean" > /dev/null
is $? 1 "the option's baseline comes in its place"

# ---- Faults
project '<check schema="skeemat/nothing.xsd"/>'
out=$("$esitesti" check --project own/esitesti.xml "$clean" 2>&1)
is $? 2 "a schema that is not there is a usage error"
like "$out" "own/esitesti.xml:2: there is no file 'own/skeemat/nothing.xsd'" \
    "with its place in the project file"
like "$out" 'relative to the project file' "and what to do"
out=$("$esitesti" lint own/esitesti.xml 2>&1)
is $? 3 "lint says so, too"
like "$out" "own/esitesti.xml:2:.*own/skeemat/nothing.xsd" "with the place"
project '<check><codes file="codes.csv"/></check>'
out=$("$esitesti" check --project own/esitesti.xml "$clean" 2>&1)
is $? 2 "a CSV file without its columns is a usage error"
like "$out" 'own/esitesti.xml:2:.*what the columns mean' "with its place"
like "$out" 'code="CodeId"' "and what to write"
project '<check><rules fiel="a"/></check>'
out=$("$esitesti" check --project own/esitesti.xml "$clean" 2>&1)
is $? 2 "so is a wrong word"
like "$out" "did you mean 'file'" "and what was meant is told"
"$esitesti" check --project nowhere.xml "$clean" > /dev/null 2>&1
is $? 2 "so is a project file that is not there"

# ---- The mock, by its policy; its own, and the one that 'run' starts
cat > refuse.xml << 'END'
<dialect xmlns="urn:esitesti:dialect:1" name="refuse" extends="kanta">
  <title xml:lang="fi">Hylkii</title>
  <title xml:lang="en">Refuses</title>
  <value key="policy.content" mark="U" source="this test">refuse</value>
</dialect>
END
run() { # run FOLDER
	"$esitesti" run --dialect refuse.xml --lang en --out "$1" \
	    --project own/esitesti.xml ptv-arkistointi-01 2>&1
}
{
	printf '<project xmlns="urn:esitesti:project:1">'
	sed -n '/<organisation/p;/<professional/p;/<pool>/,/<\/pool>/p' \
	    "$root/fixtures/self-test.xml"
	printf '</project>\n'
} > own/esitesti.xml
out=$(run plain)
is $? 0 "the mock takes a document that our rules find clean"
sed -i 's|</project>|<check><rules file="rules/own.sch"/></check></project>|' \
    own/esitesti.xml
out=$(run ruled)
is $? 1 "and refuses it by the project's rules"
grep -q 'OWN-1' ruled/messages/*.response.body
ok $? "which its answer names"
sed -i 's|rules/own.sch|rules/nothing.sch|' own/esitesti.xml
out=$(run missing)
is $? 2 "a rule set that is not there is a usage error of the run"
like "$out" "own/esitesti.xml:[0-9]+: there is no file 'own/rules/nothing.sch'" \
    "with its place"
[ ! -e missing ]
ok $? "and nothing is run"

done_testing
