/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/fields.h"

static const struct frame_row rows[FF_COUNT] = {
#define FIELD(id, name, path, attribute, meaning) \
 [FF_##id] = { name, path, attribute, meaning },
#include "kanta/frame.def"
#undef FIELD
};

/* In a ClinicalDocument; fields that it does not have stay empty. */
static const struct frame_row in_document[FF_COUNT] = {
	[FF_DOCUMENT_ID] = { .path = "id", .attribute = "root" },
	[FF_REGISTER] = { .path = "code", .attribute = "code" },
	[FF_REGISTER_SYSTEM] = { .path = "code", .attribute = "codeSystem" },
	[FF_EFFECTIVE_TIME] = { .path = "effectiveTime", .attribute = "value" },
	[FF_CONFIDENTIALITY] = { .path = "confidentialityCode",
	    .attribute = "code" },
	[FF_LANGUAGE] = { .path = "languageCode", .attribute = "code" },
	[FF_SET_ID] = { .path = "setId", .attribute = "root" },
	[FF_VERSION] = { .path = "versionNumber", .attribute = "value" },
	[FF_PATIENT_ROOT] = { .path = "recordTarget/patientRole/id",
	    .attribute = "root" },
	[FF_PATIENT] = { .path = "recordTarget/patientRole/id",
	    .attribute = "extension" },
	[FF_AUTHOR_ROOT] = { .path = "author/assignedAuthor/id",
	    .attribute = "root" },
	[FF_AUTHOR] = { .path = "author/assignedAuthor/id",
	    .attribute = "extension" },
	[FF_CUSTODIAN] = { .path = "custodian/assignedCustodian/"
				   "representedCustodianOrganization/id",
	    .attribute = "root" },
	[FF_RELATED_TYPE] = { .path = "relatedDocument",
	    .attribute = "typeCode" },
	[FF_RELATED_ID] = { .path = "relatedDocument/parentDocument/id",
	    .attribute = "root" },
	[FF_RELATED_SET] = { .path = "relatedDocument/parentDocument/setId",
	    .attribute = "root" },
	[FF_RELATED_VERSION] = { .path = "relatedDocument/parentDocument/"
					 "versionNumber",
	    .attribute = "value" },
	[FF_ENCOUNTER] = { .path = "componentOf/encompassingEncounter/id",
	    .attribute = "root" },
	[FF_ENCOUNTER_FROM] = { .path = "componentOf/encompassingEncounter/"
					"effectiveTime/low",
	    .attribute = "value" },
	[FF_ENCOUNTER_TO] = { .path = "componentOf/encompassingEncounter/"
				      "effectiveTime/high",
	    .attribute = "value" },
	[FF_UNIT] = { .path = "componentOf/encompassingEncounter/"
			      "encounterParticipant/assignedEntity/"
			      "representedOrganization/id",
	    .attribute = "root" },
	[FF_ORGANISATION] = { .path = "componentOf/encompassingEncounter/"
				      "responsibleParty/assignedEntity/"
				      "representedOrganization/id",
	    .attribute = "root" },
};

const enum frame_field frame_agreed[] = {
	FF_DOCUMENT_ID,
	FF_SET_ID,
	FF_VERSION,
	FF_REGISTER,
	FF_PATIENT_ROOT,
	FF_PATIENT,
	FF_RELATED_ID,
};
const size_t frame_agreed_count = COUNTOF(frame_agreed);

const struct frame_row *frame_row(enum frame_field f)
{
	return &rows[f];
}

const struct frame_row *cda_row(enum frame_field f)
{
	return in_document[f].path ? &in_document[f] : NULL;
}

const char *frame_field_name(enum frame_field f)
{
	return rows[f].name;
}

int frame_field_find(const char *name)
{
	for (int i = 0; i < FF_COUNT; i++)
		if (streq(rows[i].name, name))
			return i;
	return -1;
}

const char *frame_field_meaning(enum frame_field f)
{
	return rows[f].meaning;
}

static void add_attribute(struct buf *to, const char *attribute)
{
	if (attribute && *attribute)
		buf_addf(to, "/@%s", attribute);
}

void frame_field_path(struct buf *to, enum frame_field f)
{
	const char *path = rows[f].path;
	if (*path == '@')
		buf_addf(to, "controlActProcess/subject/clinicalDocument%s",
		    path + 1);
	else
		buf_adds(to, *path ? path : "the root element's name");
	add_attribute(to, rows[f].attribute);
}
