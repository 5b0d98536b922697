#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What others find with a Schematron schema in a document.

usage: schematron.py jing|skeleton|saxon SCHEMA DOCUMENT

Prints the numbers of the assertions that spoke ("T01 T01 T03"), or "-" and a
reason when the tool cannot use the schema. "skeleton" is the stylesheets of
ISO's own implementation by libxslt, "saxon" the same by Saxon. Exit code 4: the
tool is not installed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

SAXON = os.environ.get("SAXON_JAR", "/usr/share/java/Saxon-HE.jar")
# Short runs: less compiling.
os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def missing(what):
    print(what + " is not installed")
    sys.exit(4)


def jing(schema, document):
    if not shutil.which("jing"):
        missing("jing")
    run = subprocess.run(["jing", schema, document], text=True,
                         capture_output=True, timeout=60, check=False)
    ids = re.findall(r"(?:assertion failed|report):\s*\"?(T\d\d)",
                     run.stdout.replace("\n", " "))
    said = run.stdout + run.stderr
    if not ids and run.returncode != 0:
        return None, said.strip().splitlines()[0]
    return ids, said


def compiled(schema):
    try:
        from lxml import etree, isoschematron
    except ImportError:
        missing("python3-lxml")
    tree = isoschematron.iso_dsdl_include(etree.parse(schema))
    tree = isoschematron.iso_abstract_expand(tree)
    return isoschematron.iso_svrl_for_xslt1(tree)


def read(svrl):
    found = []
    for kind in ("failed-assert", "successful-report"):
        found += [hit.get("id") for hit in svrl.iter(SVRL + kind)]
    return found


def skeleton(schema, document):
    sheet = compiled(schema)
    from lxml import etree
    try:
        return read(etree.XSLT(sheet)(etree.parse(document)).getroot()), ""
    except etree.XSLTError as error:
        return None, str(error)


def saxon(schema, document):
    if not shutil.which("java") or not os.path.exists(SAXON):
        missing("Saxon")
    sheet = compiled(schema)
    from lxml import etree
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "sheet.xsl")
        sheet.write(path)
        run = subprocess.run(
            ["java", "-cp", SAXON, "net.sf.saxon.Transform", "-s:" + document,
             "-xsl:" + path], capture_output=True, timeout=60, check=False)
    if run.returncode != 0:
        return None, run.stderr.decode().strip()
    return read(etree.fromstring(run.stdout)), ""


def main():
    tool, schema, document = sys.argv[1:]
    found, why = {"jing": jing, "skeleton": skeleton,
                  "saxon": saxon}[tool](schema, document)
    if os.environ.get("PEER_SAYS"):
        print(why, file=sys.stderr)
    print("-" if found is None else " ".join(sorted(found)) or "none")


main()
