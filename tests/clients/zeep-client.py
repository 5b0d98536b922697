# SPDX-License-Identifier: Apache-2.0
"""An independent SOAP client (python3-zeep), which knows the service by its
WSDL alone.

usage: zeep-client.py WSDL CA CERT KEY VERSION MESSAGE OUT
VERSION is 1.1, 1.2 or wsa (1.1 with WS-Addressing). Sends the ready HL7 message
in the file MESSAGE by the operation of its name; writes the document in the
answer to OUT, and prints the acknowledgement's code and the ids of documents
that are told without their content.
"""
import base64
import re
import sys

import requests
import zeep
from lxml import etree
from zeep.transports import Transport
from zeep.wsa import WsAddressingPlugin

HL7 = '{urn:hl7-org:v3}'


def main():
    wsdl, ca, cert, key, version, message, out = sys.argv[1:]
    session = requests.Session()
    session.trust_env = False  # no proxies, no .netrc
    session.verify = ca
    session.cert = (cert, key)
    plugins = [WsAddressingPlugin()] if version == 'wsa' else []
    transport = Transport(session=session, timeout=20, operation_timeout=20)
    client = zeep.Client(wsdl, transport=transport, plugins=plugins)
    port = 'ArchiveSoap12' if version == '1.2' else 'ArchiveSoap11'
    service = client.bind('ArchiveMock', port)

    root = etree.parse(message).getroot()
    name = etree.QName(root).localname
    if name not in service._operations:
        print('no such operation: ' + name)
        return 3
    answer = service[name](_value_1=list(root),
                           ITSVersion=root.get('ITSVersion'))
    wrapper = etree.Element('answer')
    for part in answer._value_1:
        wrapper.append(part)
    for code in wrapper.iter(HL7 + 'typeCode'):
        print(code.get('code'))
    for found in wrapper.iter(HL7 + 'clinicalDocument'):
        text = found.findtext(HL7 + 'text')
        if text is None:  # what a metadata query finds
            print(found.find(HL7 + 'id').get('root'))
            continue
        body = re.search(r'Content-ID:[^\n]*\n\s*\n(.*?)\n--', text, re.S)
        with open(out, 'wb') as file:
            file.write(base64.b64decode(body.group(1)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
