#!/bin/sh
# The command line itself: help, unknown words, the environment, exit codes.
. "$(dirname "$0")/../lib/tap.sh"

out=$("$esitesti" 2>&1)
is $? 2 "no command is a usage error"
like "$out" "commands:" "and lists the commands"

out=$("$esitesti" --help)
is $? 0 "--help succeeds"
for c in certs lint list mock report run show; do
	like "$out" "^  $c " "--help lists $c"
	help=$("$esitesti" "$c" --help)
	is $? 0 "$c --help succeeds"
	like "$help" "usage: esitesti $c" "$c --help shows its usage"
done

out=$("$esitesti" rnu 2>&1)
is $? 2 "an unknown command is a usage error"
like "$out" "did you mean 'run'" "and the near one is named"

out=$("$esitesti" run --juint x 2>&1)
is $? 2 "an unknown option is a usage error"
like "$out" "did you mean --junit" "and the near one is named"

out=$("$esitesti" run --jobs 0 2>&1)
is $? 2 "a number out of range is a usage error"
like "$out" "whole number from 1 to" "and the range is named"

out=$("$esitesti" run --jobs 65 2>&1)
is $? 2 "so is one over the cap"

out=$("$esitesti" run --target nowhere 2>&1)
is $? 2 "an unknown target is a usage error"
out=$("$esitesti" run --target https://192.0.2.1/ 2>&1)
is $? 2 "a URL that is not loopback is refused"
like "$out" "only loopback" "and says why"

out=$(ESITESTI_LANG=xx "$esitesti" run 2>&1)
is $? 2 "options come from the environment"
like "$out" "environment ESITESTI_LANG" "and the variable is named"

out=$(ESITESTI_DATA=/nowhere "$esitesti" list 2>&1)
is $? 2 "a wrong ESITESTI_DATA is a usage error"

"$esitesti" list > /dev/full 2> err
is $? 8 "a full disk behind the standard output is an error"

out=$("$esitesti" list --coverage --tag mitatointi)
is $? 0 "list --coverage succeeds"
like "$out" "^U  mitatointi-tapa" "and tells of each fact"
like "$out" "cases .[0-9]+.: ptv-mitatointi-01 .U., ptv-mitatointi-02 .U." \
    "the cases that rest on it, each with its mark"
like "$out" "no case rests on this" "and where there is none"
like "$out" "^cases 4, by the weakest" "and counts them"

out=$("$esitesti" list --lang en)
is $? 0 "list succeeds"
like "$out" "^ptv-" "and shows the shipped cases"
out=$("$esitesti" show dialect kanta)
is $? 0 "show dialect succeeds"
like "$out" "F  seen in a public source" "it tells what was seen"
like "$out" "U  guessed" "and what is guessed"
out=$("$esitesti" show case nosuch 2>&1)
is $? 2 "an unknown case is a usage error"

out=$("$esitesti" lint)
is $? 0 "the shipped cases are in order"
printf '<case xmlns="urn:esitesti:case:1" id="x">\n  <titel/>\n</case>\n' > bad.xml
out=$("$esitesti" lint bad.xml 2>&1)
is $? 3 "a faulty case is exit code 3"
like "$out" "bad.xml:[12]:" "the place is named"
out=$("$esitesti" run bad.xml 2>&1)
is $? 3 "and is not run"

done_testing
