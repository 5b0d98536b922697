#!/bin/sh
# Clean documents and messages break no rule, each of their single-defect twins
# breaks exactly those that its row of tests/twins/twins.tsv names, and no rule
# is without a twin. The clean ones are signed; a twin is so only where its row
# says it (BASE*), as a defect made behind a signature would break that, too.
. "$(dirname "$0")/../lib/tap.sh"
table=$root/tests/twins/twins.tsv
all=syntactic,schema,rules,codes,signature,guard
unsigned=syntactic,schema,rules,codes,guard

check() { # check STAGES FILE… → status, out
	stages=$1
	shift
	out=$("$esitesti" check --lang en --stages "$stages" "$@" 2>&1)
	status=$?
}
# Copies of the twins whose base in the table is so, in a folder.
twins() { # twins PATTERN-OF-BASE FOLDER
	mkdir "$2"
	grep -v '^#' "$table" | cut -f1,2 | grep "$1" | cut -f1 |
	    while read -r name; do
		cp "$root/fixtures/defects/$name.xml" "$2"
	done
}
# "NAME RULE,RULE" of what check prints, sorted; a name is the file's without
# folder and ending.
rules_found() {
	printf '%s\n' "$1" |
	    sed -nE 's,^(.*/)?([^/:#]+)\.xml(#document)?(:[0-9]+:[0-9]+)?: (error|warning|info) (ESI-[A-Z]+-[0-9]+): .*,\2 \6,p' |
	    LC_ALL=C sort -u | awk '
		$1 != name { if (name) print name, rules; name = $1; rules = $2; next }
		{ rules = rules "," $2 }
		END { if (name) print name, rules }'
}
# The table's rows in the same form.
rules_wanted() {
	grep -v '^#' "$table" | cut -f1,3 | while read -r name rules; do
		echo "$name $(echo "$rules" | tr , '\n' | LC_ALL=C sort |
		    paste -sd, -)"
	done | LC_ALL=C sort
}

check "$all" "$root"/fixtures/clean/*.xml
is $status 0 "clean documents and messages pass"
is "$(rules_found "$out")" "" "nothing is found in them, not even a remark"

for file in "$root"/fixtures/clean/*.xml; do
	"$esitesti" check --lang en --stages signature "$file" |
	    grep -q 'Signatures: 1;' || echo "$file"
done > without
is "$(cat without)" "" "the signature of each was looked at"

twins '[^*]$' unsigned
check "$unsigned" unsigned
is $status 1 "their twins do not pass"
rules_found "$out" > found
twins '[*]$' signed
check "$all" signed
is $status 1 "nor do those that are signed"
rules_found "$out" | LC_ALL=C sort - found > got
rules_wanted > wanted
diff wanted got > differences
ok $? "each twin breaks the rules that its row names, and no other"
sed 's/^/# /' differences
count=$(grep -c . wanted)
[ "$count" -ge 60 ]
ok $? "there are at least 60 of them ($count)"

if python3 -c '' 2>/dev/null; then
	"$root/tests/twins/make" --check
	ok $? "the twins are what the table makes of the clean documents"
else
	ok 0 "the twins are what the table makes # SKIP no python3"
fi

# ---- A code outside the 900 series may stand in no file of ours
sed "s/010181-900C/131052-""308T/g; s/19810101/19521013/" \
    "$root/fixtures/clean/palvelutapahtuma.xml" > henkilotunnus.xml
check "$unsigned" henkilotunnus.xml
is "$(rules_found "$out")" "henkilotunnus ESI-GUARD-01" \
    "a living person's code is found by the guard alone"
printf '%s\n' "$out" | grep -q "308T"
is $? 1 "and never shown"

# ---- No rule without a twin or a unit test
grep -ho 'assert id="ESI-[A-Z0-9-]*"' "$root"/cases/rules/*.sch |
    cut -d'"' -f2 > rules
sed -nE 's/^RULE\([A-Z0-9_]+, "(ESI-[A-Z0-9-]+)", RULES.*/\1/p' \
    "$root/harness/check/rule.def" >> rules
cut -f3 "$table" | tr , '\n' | LC_ALL=C sort -u > exercised
LC_ALL=C sort rules | LC_ALL=C comm -23 - exercised > alone
is "$(cat alone)" "" "every rule of the rule sets has a twin"
LC_ALL=C sort rules | uniq -d > twice
is "$(cat twice)" "" "no two rules share an id"
done_testing
