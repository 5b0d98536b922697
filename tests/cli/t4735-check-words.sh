#!/bin/sh
# What `esitesti check` says of templates, empty files, several files at once,
# stages that were not asked for, and options that it does not know.
# shellcheck disable=SC2154
. "$(dirname "$0")/../lib/tap.sh"

good='<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId/></ClinicalDocument>'
syn=--stages=syntactic
printf '%s' "$good" > a.xml
printf '\357\273\277%s' "$good" > bom.xml
: > empty.xml

# ---- Options
like "$("$esitesti" check --format yaml a.xml 2>&1)" 'hint: it can be: html, json' \
    "only what is near is asked for"
like "$("$esitesti" check --format jsn a.xml 2>&1)" "did you mean 'json'" "… and that is"
like "$("$esitesti" check --stages yaml a.xml 2>&1)" "^esitesti: --stages can't be 'yaml'" \
    "options are named as they are written"

# ---- Files
like "$("$esitesti" check empty.xml)" '^    next +The file is empty' \
    "an empty file has no place to correct"
out=$("$esitesti" check "$root/fixtures/potilastieto")
is "$(printf '%s\n' "$out" | grep -c 'info ESI-SYN-24: The file is a template')" 4 \
    "templates of a run are told to be such"
like "$out" '^  codes .*lists: 63; codes checked: [0-9]+,' "counts of files are summed"
out=$("$esitesti" check "$root/fixtures/clean")
unlike "$out" 'ESI-SYN-24' "no other file is a template"
is "$(printf '%s\n' "$out" | grep -c '^  schema .*cda-fi.*frame-fi')" 1 \
    "what several files were held against is named"
unlike "$out" ' · Esitesti' "… once"

# ---- The verdict
like "$("$esitesti" check "$syn" a.xml)" \
    '^No errors and no warnings · stages not asked for: schema, rules, codes, signature, guard$' \
    "the verdict names the stages that were not asked for"
like "$("$esitesti" check "$syn" bom.xml)" '^No errors; warnings: 1 ·' "and warnings"
like "$("$esitesti" check --lang=fi "$syn" bom.xml)" \
    '^Ei virheitä, varoituksia 1 · vaiheita ei pyydetty: skeema,' "in Finnish, too"
done_testing
