#!/bin/sh
# No case passes against a server that lies the lazy way: one that says "ok",
# an empty 200, or always an accepting acknowledgement.
. "$(dirname "$0")/../lib/tap.sh"

# Lazy all the way: such a server looks at no client certificate either.
# try_liar LIAR DIALECT IDS: the cases of the dialect's service, by their ids
try_liar() {
	"$esitesti" run --out "$1-$2" --fault "$1" --fault no-client-check \
	    --dialect "$2" > "$1-$2.txt" 2>&1
	[ $? -ne 0 ]
	ok $? "the run fails against $1 in the dialect $2"
	for id in $("$esitesti" list | cut -d' ' -f1 | grep "$3"); do
		kind=$(grep '"event":"case-end"' "$1-$2/journal.jsonl" |
		    grep "\"case\":\"$id\"" | grep -o '"kind":"[^"]*"')
		[ -n "$kind" ] && [ "$kind" != '"kind":"pass"' ]
		ok $? "$id does not pass against $1"
	done
}
for liar in say-ok say-nothing always-accept; do
	try_liar "$liar" kanta '^ptv-'
	try_liar "$liar" sosiaali '^sos-'
done

done_testing
