# SPDX-License-Identifier: Apache-2.0
"""Messages for a mock, made from one exchange that esitesti sent.

    python3 tests/lib/messages.py ESITESTI BYTES FETCH-FILE > message.xml

prints an archive message of about that size, and writes the query for its
document when flood counts from 0.
"""
import base64
import glob
import os
import re
import subprocess
import sys
import tempfile

PAD = b"Vointi on ennallaan, seuranta jatkuu sovitusti. "


class Messages:
    """Archive messages and queries, numbered: each its own document."""

    def __init__(self, esitesti):
        with tempfile.TemporaryDirectory() as folder:
            run = os.path.join(folder, "run")
            subprocess.run([esitesti, "run", "--case", "ptv-arkistointi-01",
                            "--out", run], check=True,
                           stdout=subprocess.DEVNULL)
            bodies = sorted(glob.glob(run + "/messages/*.request.body"))
            self.text, self.query = (open(b, "rb").read() for b in bodies[:2])
        head, part = self.text.split(b"Content-ID:", 1)
        self.mark = part.split(b"\n\n", 1)[1].split(b"\n\n--", 1)[0]
        self.document = base64.b64decode(self.mark)
        self.own = re.search(rb'<id root="([^"]+)"', head).group(1)
        self.oid = re.search(rb"&lt;([0-9.]+)&gt;", part).group(1)

    def archive(self, number, size=0):
        """OID, message, document; as long as `size`, at least."""
        oid = self.oid[:-9] + b"%09d" % number
        document = self.document.replace(self.oid, oid)
        missing = (size - len(self.text)) * 3 // 4
        if missing > 0:
            pad = (PAD * (missing // len(PAD) + 1))[:missing]
            document = document.replace(
                b"<paragraph>", b"<paragraph>" + pad, 1)
        text = self.text.replace(
            self.mark, base64.encodebytes(document).rstrip(b"\n"))
        text = text.replace(self.own, self.own[:-9] + b"%09d" % number)
        return oid, text.replace(self.oid, oid), document

    def fetch(self, number, oid):
        text = self.query.replace(self.oid, oid)
        own = re.search(rb'<id root="([^"]+)"', text).group(1)
        return text.replace(own, own + b".%d" % number)


def fetched(answer):
    """The document in an answer to a content query, or None."""
    found = re.search(rb"Content-ID:[^\n]*\n\r?\n(.*?)\n\r?\n?--", answer, re.S)
    return base64.b64decode(found.group(1)) if found else None


if __name__ == "__main__":
    made = Messages(sys.argv[1])
    oid, text, _ = made.archive(0, int(sys.argv[2]))
    sys.stdout.buffer.write(text)
    with open(sys.argv[3], "wb") as f:
        f.write(made.fetch(1, oid))
