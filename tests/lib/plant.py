#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plant.py DIR TEMPLATE: writes the template once for each hiding place, with
an identity code of a living person's series planted there. The code is put
together here and stands in no file of the repository. The encoders are not
those of tests/lib/hiding.c: two views of the same thing."""

import base64
import os
import sys
import urllib.parse

CODE = "131052-" + "308" + "T"


def b64(text, wrap=0):
    data = base64.b64encode(text.encode() if isinstance(text, str) else text)
    data = data.decode()
    if not wrap:
        return data
    return "\n".join(data[i:i + wrap] for i in range(0, len(data), wrap))


def references(text, form):
    return "".join(form % ord(c) for c in text)


HEAD = CODE[:6]
TAIL = CODE[7:]
NOTE = "Potilaan tunnus on %s, muuta ei ole." % CODE
DOCUMENT = '<a xmlns="urn:hl7-org:v3"><b id="%s"/></a>' % CODE
JSON = '{"asiakas":{"value":"%s"}}' % CODE
JSON_U = '{"value":"' + references(CODE, "\\u%04x") + '"}'

# What stands as text in an element …
TEXTS = {
    "text": NOTE,
    "lower-case": NOTE.replace(CODE, CODE.lower()),
    "cdata": "<![CDATA[" + NOTE + "]]>",
    "comment": "<!-- " + CODE + " -->",
    "instruction": "<?note " + CODE + "?>",
    "references": references(CODE, "&#%d;"),
    "hexadecimal-references": references(CODE, "&#x%x;"),
    "references-twice": references(CODE, "&amp;#%d;"),
    "escaped-xml": "&lt;b id=&quot;" + CODE + "&quot;/&gt;",
    "cut-by-cdata": HEAD + "<![CDATA[-]]>" + TAIL,
    "cut-by-comment": HEAD + "<!-- -->-" + TAIL,
    "cut-by-instruction": HEAD + "<?x y?>-" + TAIL,
    "en-dash": HEAD + "\u2013" + TAIL,
    "minus": HEAD + "\u2212" + TAIL,
    "no-break-hyphen": HEAD + "&#x2011;" + TAIL,
    "soft-hyphen": CODE[:3] + "\u00ad" + CODE[3:],
    "zero-width": "\u200b".join(CODE),
    "wide-digits": "".join(
        chr(0xFF10 + int(c)) if c.isdigit() else c for c in CODE),
    "url": "https://x.test/?hetu=" + CODE + "&amp;a=1",
    "percent": "https://x.test/" + references(CODE, "%%%02x"),
    "percent-twice": "https://x.test/" + references(CODE, "%%25%02x"),
    "json": JSON,
    "json-escapes": JSON_U,
    "quoted-printable": "Content-Transfer-Encoding: quoted-printable\n\n"
                        + HEAD + "=2D" + TAIL,
    "encoded-word-q": "=?utf-8?Q?" + HEAD + "=2D" + TAIL + "?=",
    "encoded-word-b": "=?utf-8?B?" + b64(NOTE) + "?=",
    "mime-file-name": 'Content-Disposition: attachment; filename="'
                      + CODE + '.xml"',
    "base64-alone": b64(CODE),
    "base64": b64(NOTE),
    "base64-lines": b64(NOTE * 4, 60),
    "base64-behind-words": "katso oheinen " + b64(NOTE) + " kiitos",
    "base64-unpadded": b64(NOTE).rstrip("="),
    "base64-document": b64(DOCUMENT, 76),
    "base64-twice": b64("<a>" + b64(DOCUMENT, 76) + "</a>", 76),
    "base64-three-times": b64("<a>" + b64("<a>" + b64(DOCUMENT) + "</a>")
                              + "</a>"),
    "base64-json": b64(JSON),
    "base64-json-escapes": b64(JSON_U),
    "base64-utf-16le": b64(NOTE.encode("utf-16-le")),
    "base64-utf-16be": b64(NOTE.encode("utf-16-be")),
    "base64-bom": b64("\ufeff" + DOCUMENT),
    "base64-cdata": b64("<a><![CDATA[" + CODE + "]]></a>"),
    "base64url": base64.urlsafe_b64encode(
        ("{\"a\":\"?>?>~~\",\"sub\":\"%s\"}" % CODE).encode()).decode()
    .rstrip("="),
    "data-url": "data:text/plain;base64," + b64(NOTE),
    "form": urllib.parse.urlencode({"hetu": CODE + "+x", "a": "ö"})
    .replace("&", "&amp;"),
}
# … and in an attribute.
ATTRIBUTES = {
    "attribute": CODE,
    "attribute-references": references(CODE, "&#%d;"),
    "attribute-url": "https://x.test/?a=" + references(CODE, "%%%02X"),
    "attribute-base64": b64(NOTE),
    "mailto": "mailto:" + CODE + "@x.test",
}


def main():
    folder, template = sys.argv[1:]
    with open(template, encoding="utf-8") as f:
        text = f.read()
    mark = "</title>"
    assert mark in text
    os.makedirs(folder, exist_ok=True)
    for name, what in TEXTS.items():
        write(folder, name, text.replace(mark, " " + what + mark, 1))
    for name, what in ATTRIBUTES.items():
        write(folder, name,
              text.replace("<title>", '<title language="%s">' % what, 1))
    write(folder, CODE, text)


def write(folder, name, text):
    with open(os.path.join(folder, name + ".xml"), "w", encoding="utf-8",
              newline="\n") as f:
        f.write(text)


main()
