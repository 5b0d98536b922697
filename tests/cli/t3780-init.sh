#!/bin/sh
# A first project file: from options, from answers, and what it refuses.
. "$(dirname "$0")/../lib/tap.sh"

valid() { # valid TITLE
	xmllint --noout --nonet --relaxng "$root/cases/project.rng" \
	    esitesti.xml 2> rng.err
	ok $? "$1 fits the grammar"
	out=$("$esitesti" lint esitesti.xml 2>&1)
	is $? 0 "and is in order"
}

out=$("$esitesti" init < /dev/null 2>&1)
is $? 2 "without terminal and options there is nothing to write"
like "$out" "give --system, or --yes" "and the words tell what to do"
[ ! -e esitesti.xml ]
ok $? "nothing was written"

mkdir "oma järjestelmä"
cd "oma järjestelmä" || exit 2
out=$("$esitesti" init --yes 2>&1)
is $? 0 "--yes invents everything"
like "$out" "esitesti run" "what comes next is told"
valid "the file"
like "$(cat esitesti.xml)" 'name="oma järjestelmä" version="1.0"' \
    "the folder names the system"
like "$(cat esitesti.xml)" "TÄMÄ ORGANISAATIO ON KEKSITTY" "what is invented says so"
out=$("$esitesti" run --lang en --out run ptv-arkistointi-01 2>&1)
is $? 0 "it works at once"
like "$out" "self-test" "as a self-test"
before=$(cat esitesti.xml)
out=$("$esitesti" init --yes --system Toinen 2>&1)
is $? 2 "a file that is there is kept"
like "$out" "'esitesti.xml' is there already" "and named"
is "$(cat esitesti.xml)" "$before" "unchanged"
out=$("$esitesti" init --yes --force --lang en --system 'A & "B"' 2>&1)
is $? 0 "unless --force is given"
valid "a name with all that XML escapes"
like "$(cat esitesti.xml)" "THIS ORGANISATION IS INVENTED" "its comments in English"
cd .. || exit 2

test_certs
sed -n '/^Content-ID/,/^------/p' \
    "oma järjestelmä"/run/messages/*-archive-1.request.body |
    sed -e 1d -e '/^------/d' | base64 -d -i > record.xml
out=$("$esitesti" init --lang en --system Esimerkki --version 4.2 --class A2 \
    --org 1234567-1 --org-name Testi --tester 'Testi Testaaja' \
    --person 010181-900C --document hoitokertomus=record.xml \
    --command 'palvelutapahtuma=./make --it <x' \
    --target local=https://localhost:1/ --ca "$certs/ca.pem" \
    --certificate "$certs/client.pem" --key "$certs/client.key" \
    < /dev/null 2>&1)
is $? 0 "everything by options"
valid "the file"
for part in 'oid="1.2.246.10.12345671.10.0"' 'oid="1.2.246.10.12345671.10.1"' \
    'oid="1.2.246.10.12345671.19.0"' 'oid="1.2.246.10.12345671.13.1"' \
    'class="A2"' '<tester name="Testi Testaaja"/>' \
    'kind="hoitokertomus" file="record.xml"' \
    'command="./make --it &lt;x"' 'name="local" url="https://localhost:1/"' \
    'code="010181-900C"' 'birth="19810101" gender="2"'; do
	like "$(cat esitesti.xml)" "$part" "it holds $part"
done
unlike "$(cat esitesti.xml)" "INVENTED|EXAMPLE" "nothing calls itself invented"
out=$("$esitesti" run --lang en --out vendor ptv-arkistointi-01 2>&1)
is $? 0 "a run takes the vendor's document"
unlike "$out" "self-test" "and is no self-test"

refuse() { # refuse PATTERN TITLE OPTIONS…
	pattern=$1 title=$2
	shift 2
	rm -f esitesti.xml
	out=$("$esitesti" init --yes "$@" 2>&1)
	is $? 2 "refused: $title"
	like "$out" "$pattern" "and named"
	[ ! -e esitesti.xml ]
	ok $? "nothing was written"
}
hetu=131052-308
refuse "'13\*\*\*\*-\*\*\*\*' is not of the 900 series" \
    "a living person's code" --person "${hetu}T"
unlike "$out" "$hetu" "the code is not shown"
refuse "check character" "a code that nobody has" --person 010181-900D
refuse "Y-tunnus with a right check digit" "a wrong Y-tunnus" --org 1234567-2
refuse "nor an OID" "no OID" --org 1.2.
refuse "KIND=FILE" "a document without its kind" --document record.xml
refuse "nowhere.xml" "a document that is not there" \
    --document hoitokertomus=nowhere.xml
refuse "a second source of 'hoitokertomus'" "two sources of one kind" \
    --document hoitokertomus=record.xml --command hoitokertomus=x
refuse "needs --ca and --certificate" "half a target" \
    --target at=https://localhost/
refuse "class|A1" "a class that there is not" --class C
refuse "no operand" "an operand" here
rm -f esitesti.xml
out=$(ESITESTI_TARGET=at=https://localhost/ "$esitesti" init --yes 2>&1)
is $? 2 "a target does not come from the environment"
ESITESTI_SYSTEM=Ympäristö "$esitesti" init < /dev/null > out 2>&1
like "$(cat esitesti.xml)" 'name="Ympäristö"' "other options do"

# What is nearly the name of a kind is told as lint tells it.
rm -f esitesti.xml
out=$("$esitesti" init --yes --document hoitokertmus=record.xml 2>&1)
is $? 3 "a kind that no case has is a fault of the file"
like "$out" "esitesti.xml:[0-9]+:.*'hoitokertmus'" "with its place"
like "$out" "did you mean 'hoitokertomus'" "and what was meant"

rm -f esitesti.xml
"$esitesti" init --yes --org 1.2.246.10.7654321.10.3 > out 2>&1
like "$(cat esitesti.xml)" 'rekisterinpitaja" oid="1.2.246.10.7654321.19.0"' \
    "a unit's OID gives the organisation's root"
"$esitesti" init --yes --force --org 1.2.246.10.7654321 > out 2>&1
like "$(cat esitesti.xml)" 'rekisterinpitaja" oid="1.2.246.10.7654321.19.0"' \
    "so does the root"

# As a person at a terminal would.
if command -v script > /dev/null; then
	rm -f esitesti.xml
	printf 'Oma\n4.2\nA9\nA2\n1234567-2\n1234567-1\nTesti\n\n\n./make\n' |
	    script -qec "'$esitesti' init --lang en" /dev/null > tty.txt 2>&1
	like "$(cat tty.txt)" "Name of the system \[" "it asks"
	like "$(cat tty.txt)" "can't be 'A9'" "asks again after a wrong answer"
	like "$(cat tty.txt)" "'1234567-2' is neither" "whatever it was"
	like "$(cat tty.txt)" "Wrote esitesti.xml" "and writes"
	valid "the file"
	like "$(cat esitesti.xml)" 'name="Oma" version="4.2" class="A2"' \
	    "with the answers"
	like "$(cat esitesti.xml)" 'kind="hoitokertomus" command="./make"' \
	    "all of them"
else
	skip "a terminal" "there is no script(1)"
fi

done_testing
