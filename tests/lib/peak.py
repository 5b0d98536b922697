#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory of a command, and large or many files to give to it.

    peak.py rss COMMAND...         prints its peak memory in KiB
    peak.py document MIB FILE      a document with an attachment of random bytes
    peak.py copies FILE COUNT DIR  so many links to a file
"""
import base64
import os
import random
import resource
import subprocess
import sys

HEAD = (b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>'
        b'<text mediaType="application/pdf" representation="B64">\n')
TAIL = b'</text></nonXMLBody></component></ClinicalDocument>\n'


def rss(command):
    with open(os.devnull, "wb") as nowhere:
        subprocess.run(command, stdout=nowhere, stderr=nowhere, check=False)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def document(mib, path):
    room = int(mib) * 1048576 - len(HEAD) - len(TAIL)
    random.seed(1)
    raw = b"%PDF-1.4 " + random.randbytes(room // 77 * 57 - 57)
    with open(path, "wb") as out:
        out.write(HEAD + base64.encodebytes(raw) + TAIL)


def copies(path, count, folder):
    os.mkdir(folder)
    for i in range(int(count)):
        os.link(path, os.path.join(folder, f"{i}.xml"))


def main(what, *args):
    if what == "rss":
        rss(args)
    elif what == "document":
        document(*args)
    else:
        copies(*args)


main(*sys.argv[1:])
