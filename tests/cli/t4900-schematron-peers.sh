#!/bin/sh
# Each construct of ISO Schematron, held against jing and against ISO's own
# stylesheets, by libxslt and by Saxon: the same assertions speak, or the table
# says why not.
# Java takes its time: without PEERS=all only some go through it.
. "$(dirname "$0")/../lib/tap.sh"

peers=$root/tests/peers
tab=$(printf '\t')

# The assertions that spoke, of the schema's own.
ours() {
	"$esitesti" check --stages rules --rules "$1" --format json "$2" \
		2> "$work/err" |
		sed 's/[{,]/\n/g' |
		sed -n 's/.*"rule": *"\(T[0-9][0-9]\)".*/\1/p' | sort |
		tr '\n' ' ' | sed 's/ $//; s/^$/none/'
}

# hold PEER SCHEMA WANTED
hold() {
	case ${PEERS:-some}:$1:$2 in
	all:* | *:skeleton:* | *:contexts | *:variables) ;;
	*) return ;;
	esac
	got=$("$peers/schematron.py" "$1" "$peers/schematron/$2.sch" \
		"$peers/schematron/document.xml" 2> "$work/err")
	if [ $? -eq 4 ]; then
		skip "$2: $1" "$got"
	else
		is "$got" "$3" "$2: $1"
	fi
}

python=$(head -n 1 "$peers/schematron.py" | cut -c3-)
while IFS=$tab read -r name want jing skeleton saxon _; do
	case $name in '#'*) continue ;; esac
	got=$(ours "$peers/schematron/$name.sch" \
		"$peers/schematron/document.xml")
	is "${got:-none}" "$want" "$name: esitesti"
	[ -x "$python" ] || continue
	[ "$jing" = "=" ] && jing=$want
	[ "$skeleton" = "=" ] && skeleton=$want
	[ "$saxon" = "=" ] && saxon=$want
	hold jing "$name" "$jing"
	hold skeleton "$name" "$skeleton"
	hold saxon "$name" "$saxon"
done < "$peers/schematron/verdicts.tsv"

# ---- Phases by option, faults by place
document=$peers/schematron/document.xml
phases=$peers/schematron/phases.sch
count() {
	"$esitesti" check --stages rules --rules "$phases" "$@" \
		--format json "$document" 2>/dev/null |
		sed 's/[{,]/\n/g' | grep -c '"rule": *"T'
}
is "$(count --phase both)" 3 "a phase by option"
like "$("$esitesti" check --rules "$phases" --phase no "$document" 2>&1)" \
	"no phase 'no'" "a phase that there is not"
cat > bad.sch <<'X'
<schema xmlns="http://purl.oclc.org/dsdl/schematron">
  <pattern><rule context="*">
    <assert test="count(">a</assert></rule></pattern>
</schema>
X
said=$("$esitesti" check --rules bad.sch "$document" 2>&1)
is "$?" 3 "a faulty rule set ends the check with 3"
like "$said" "bad.sch:3:13: 'count\(' is no XPath 1.0 expression" \
	"and its place is told"
like "$said" '^ *\^$' "with a caret"

# ---- XPath 2 goes through Saxon, or is not checked
xpath2=$peers/schematron/xpath2.sch
like "$(SAXON_JAR=/nonexistent "$esitesti" check --stages rules \
	--rules "$xpath2" "$document" 2>&1)" \
	'xpath2.sch was not checked: .* Saxon' "without Saxon: not checked"
if [ -x /usr/bin/java ] && [ -r /usr/share/java/Saxon-HE.jar ]; then
	is "$(ours "$xpath2" "$document")" "T01 T02 T03" "XPath 2 by Saxon"
else
	skip "XPath 2 by Saxon" "Saxon is not installed"
fi
sed "s|matches(., '^2')|doc ('/etc/passwd')|" "$xpath2" > reads.sch
like "$("$esitesti" check --rules reads.sch "$document" 2>&1)" \
	"'doc' reaches outside" "a function that reads files is refused"

done_testing
