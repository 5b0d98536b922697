/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/cda-order.h"

static const char *const document[] = {
	"realmCode",
	"typeId",
	"templateId",
	"id",
	"code",
	"title",
	"effectiveTime",
	"confidentialityCode",
	"languageCode",
	"setId",
	"versionNumber",
	"copyTime",
	"recordTarget",
	"author",
	"dataEnterer",
	"informant",
	"custodian",
	"informationRecipient",
	"legalAuthenticator",
	"authenticator",
	"participant",
	"inFulfillmentOf",
	"documentationOf",
	"relatedDocument",
	"authorization",
	"componentOf",
	"localHeader",
	"component",
};

static const char *const local_header[] = {
	"description",
	"tableOfContents",
	"registratedTime",
	"declaredTime",
	"typeCode",
	"fileFormat",
	"softwareSupport",
	"documentType",
	"currentLocation",
	"retentionPeriod",
	"functionCode",
	"recordStatus",
	"auditTrail",
	"serviceChainLink",
	"episodeLink",
	"product",
	"signatureCollection",
	"sender",
	"password",
	"patientRegistrySpecifier",
	"patientRegistrySpecifierName",
	"custodianTypeCode",
	"encompassingEncounterCode",
	"activeCustodian",
	"activeCustodianName",
	"encompassingEncounterMasterCode",
	"secondaryEncompassingEncounterId",
	"outsourcingServiceCustomer",
	"outsourcingServiceCustomerName",
	"retentionPeriodClass",
	"extendedRetentionPeriod",
	"sensitiveDocument",
	"eprServiceProvider",
	"eprServiceProviderName",
	"releaseDateForPatientViewing",
	"patientHomeMunicipality",
};

static int find(const char *const names[], size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (streq(names[i], name))
			return (int)i;
	return -1;
}

bool cda_has_name(const char *name)
{
	return find(document, COUNTOF(document), name) >= 0 ||
	       find(local_header, COUNTOF(local_header), name) >= 0 ||
	       streq(name, "localSocialHeader");
}

int cda_rank_of(const xmlNode *parent, const char *name)
{
	if (xml_is(parent, XMLNS_V3, "ClinicalDocument"))
		return find(document, COUNTOF(document), name);
	if (xml_is(parent, XMLNS_HL7FI, "localHeader"))
		return find(local_header, COUNTOF(local_header), name);
	return -1;
}

int cda_rank(const xmlNode *node)
{
	return cda_rank_of(node->parent, (const char *)node->name);
}

xmlNode *cda_misplaced(const xmlNode *parent)
{
	int last = -1;

	XML_EACH_CHILD (node, parent) {
		int rank = cda_rank(node);
		if (rank >= 0 && rank < last)
			return node;
		if (rank > last)
			last = rank;
	}
	return NULL;
}
