// SPDX-License-Identifier: Apache-2.0
// An independent SOAP client (npm's soap), which knows the service by its WSDL
// alone. Arguments and output are those of zeep-client.py; VERSION is 1.1 or
// 1.2.
'use strict';

const fs = require('fs');
const https = require('https');
const soap = require('soap');

const [wsdl, ca, cert, key, version, message, out] = process.argv.slice(2);
const tls = {
	ca: fs.readFileSync(ca),
	cert: fs.readFileSync(cert),
	key: fs.readFileSync(key),
};

async function main() {
	const httpsAgent = new https.Agent(tls);
	const client = await soap.createClientAsync(wsdl, {
		wsdl_options: { httpsAgent, proxy: false },
		forceSoap12Headers: version === '1.2',
	});
	client.setSecurity(
	    new soap.ClientSSLSecurity(tls.key, tls.cert, tls.ca, {}));
	const port = version === '1.2' ? 'ArchiveSoap12' : 'ArchiveSoap11';
	const text = fs.readFileSync(message, 'utf8');
	const name = /<([\w.-]+)[\s>]/.exec(text.replace(/<\?.*?\?>/, ''))[1];
	const operation = client.ArchiveMock[port][name];
	if (!operation) {
		console.log('no such operation: ' + name);
		return 3;
	}
	const answer = await new Promise((resolve, reject) =>
	    operation({ _xml: text.replace(/<\?.*?\?>/, '') },
		(err, result, raw) => err ? reject(err) : resolve(raw),
		{ proxy: false }));
	const ack = /<typeCode code="([^"]*)"/.exec(answer);
	console.log(ack ? ack[1] : answer);
	for (const found of answer.split('<clinicalDocument>').slice(1))
		if (!/<text[ >]/.test(found))
			console.log(/<id root="([^"]*)"/.exec(found)[1]);
	const part = /Content-ID:[^\n]*\r?\n\s*\n([^-]*)/.exec(answer);
	if (part)
		fs.writeFileSync(out, Buffer.from(
		    part[1].replace(/&#1[03];/g, ''), 'base64'));
	return 0;
}

main().then(code => process.exit(code), err => {
	console.error(String(err.message || err));
	process.exit(1);
});
