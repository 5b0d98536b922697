#!/bin/sh
# No case passes against a server that lies the lazy way: one that says "ok",
# an empty 200, or always an accepting acknowledgement.
. "$(dirname "$0")/../lib/tap.sh"

# Lazy all the way: such a server looks at no client certificate either.
for liar in say-ok say-nothing always-accept; do
	"$esitesti" run --out "$liar" --fault "$liar" --fault no-client-check \
	    > "$liar.txt" 2>&1
	[ $? -ne 0 ]
	ok $? "the run fails against $liar"
	for id in $("$esitesti" list | cut -d' ' -f1); do
		kind=$(grep '"event":"case-end"' "$liar/journal.jsonl" |
		    grep "\"case\":\"$id\"" | grep -o '"kind":"[^"]*"')
		[ -n "$kind" ] && [ "$kind" != '"kind":"pass"' ]
		ok $? "$id does not pass against $liar"
	done
done

done_testing
