#!/bin/sh
# A dialect of one's own: what is a guess in the shipped one can be corrected in
# a file beside the project, without touching esitesti.
. "$(dirname "$0")/../lib/tap.sh"

dialect() { # dialect VALUES…
	{
		echo '<dialect xmlns="urn:esitesti:dialect:1" name="own"
		    extends="kanta">'
		echo '<title xml:lang="fi">Oma</title>'
		echo '<title xml:lang="en">Own</title>'
		echo "$*</dialect>"
	} > own.xml
}
value() { # value KEY VALUE
	echo "<value key=\"$1\" mark=\"I\" source=\"seen\">$2</value>"
}

dialect "$(value envelope bare)"
out=$("$esitesti" lint own.xml 2>&1)
is $? 0 "a dialect file of one's own is in order"
"$esitesti" run --dialect own.xml --out run > out.txt 2>&1
is $? 0 "the cases pass in it, the mock speaks it, too"
grep -q '"dialect":"own"' run/journal.jsonl
ok $? "the record names it"
grep -q RCMR_IN run/messages/0001-*.request.body
ok $? "a message was sent"
head -c 200 run/messages/0001-*.request.body | grep -q Envelope
is $? 1 "its value is used"
"$esitesti" report --rejudge run > out.txt 2>&1
is $? 0 "judged again, no verdict differs"
like "$("$esitesti" show dialect own.xml --lang en)" "bare" "it can be shown"

mkdir there
mv own.xml there/
test_certs
start_mock --dialect there/own.xml
{
	grep -v '</project>' "$root/fixtures/self-test.xml"
	echo "<target name=\"local\" url=\"$mock_url/\" dialect=\"own.xml\"
	    ca=\"$certs/ca.pem\" certificate=\"$certs/client.pem\"
	    key=\"$certs/client.key\"/></project>"
} > there/esitesti.xml
out=$("$esitesti" run --project there/esitesti.xml --target local --out local \
    ptv-arkistointi-01 2>&1)
is $? 0 "a target may name it, beside the project file"
stop_mock

dialect "$(value enveloppe bare)"
out=$("$esitesti" run --dialect own.xml 2>&1)
is $? 3 "an unknown key is refused"
like "$out" "own.xml:[0-9]+:[0-9]+: .*enveloppe" "with its place"
dialect "$(value frame.processing-code P)"
out=$("$esitesti" run --dialect own.xml 2>&1)
is $? 3 "no dialect makes production of a test"
like "$out" "'P' means production" "and says why"
out=$("$esitesti" run --dialect nowhere.xml 2>&1)
is $? 2 "a file that is not there is a usage error"

# Without a pool of identity codes nothing goes to a real target.
{
	sed '/<pool>/,/<\/pool>/d; /<\/project>/d' "$root/fixtures/self-test.xml"
	echo "<target name=\"at\" url=\"https://archive.example/\"
	    ca=\"$certs/ca.pem\" certificate=\"$certs/client.pem\"
	    key=\"$certs/client.key\"/></project>"
} > esitesti.xml
"$esitesti" run --target at --out real ptv-yhteys-01 > out.txt 2>&1
is $? 5 "a project without a pool reaches no real target"
like "$(cat out.txt)" "lists no test identity codes" "for want of a pool, too"

rm -f esitesti.xml
"$esitesti" run --dialect sosiaali --out social > out.txt 2>&1
is $? 0 "the dialect of social welfare runs its own cases"
is "$(grep -c 'ptv-' social/results.xml)" 0 "and no others"
out=$("$esitesti" run --dialect sosiaali --tag kysely 2>&1)
is $? 2 "a service without such a case is a usage error"
like "$out" "none is about 'sosiaalihuollon asiakastietovaranto'" "that names it"

done_testing
