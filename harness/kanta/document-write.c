/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/write.h"

#include "base/limits.h"
#include "kanta/copy.h"
#include "kanta/fields.h"
#include "kanta/mime.h"

#include <inttypes.h>

/*
 * RCMR's clinicalDocument from a CDA header, in the order and with the mapping
 * seen in a 2017 test-environment message: patientRole becomes patient,
 * encompassingEncounter encounterEvent, its participant encounterPerformer, its
 * responsible party the location.
 */
struct writer {
	struct buf *to;
	const struct document_draft *draft;
	const struct dialect *d;
	xmlNode *root; /* ClinicalDocument */
};

static const char *value(const struct writer *w, enum frame_field f)
{
	const char *set = w->draft->set[f];
	return set ? set : w->draft->cda->value[f];
}

static bool is_set(const struct writer *w, enum frame_field f)
{
	return w->draft->set[f] != NULL;
}

#define NO_FIELD FF_COUNT

/*
 * The document's element as it stands, unless one of its fields is set: then an
 * element with the fields alone, as a name beside another code would lie.
 * Nothing when neither is there.
 */
static void put_field(const struct writer *w, const char *name,
    const xmlNode *node, enum frame_field a, const char *a_name,
    enum frame_field b, const char *b_name)
{
	bool changed = is_set(w, a) || (b != NO_FIELD && is_set(w, b));
	if (!changed && node)
		copy_element(w->to, node, XMLNS_V3, name);
	else if (changed)
		put_2(w->to, name, a_name, value(w, a), b_name,
		    b == NO_FIELD ? NULL : value(w, b));
}

static xmlNode *child(const struct writer *w, const char *name)
{
	return xml_child(w->root, XMLNS_V3, name);
}

static xmlNode *below(const xmlNode *from, const char *path)
{
	return from ? xml_down(from, XMLNS_V3, path) : NULL;
}

/* ---- text */

static void write_text(const struct writer *w)
{
	const struct document_draft *draft = w->draft;
	char boundary[80], message_id[80];
	snprintf(boundary, sizeof(boundary), "----=_Part_%" PRIu64 ".%" PRId64,
	    draft->serial, draft->now);
	snprintf(message_id, sizeof(message_id),
	    "%" PRIu64 ".%" PRId64 "@esitesti", draft->serial, draft->now);

	struct buf head = BUF_INIT(LIMIT_HEAD);
	mime_open(&head, boundary, message_id, draft->content_id);
	buf_adds(w->to, "<text mediaType=\"multipart/related\">");
	copy_text(w->to, head.ptr, head.len);
	base64_encode(w->to, draft->bytes, draft->len, MIME_LINE);
	mime_close(w->to, boundary);
	buf_adds(w->to, "</text>");
	buf_release(&head);
}

/* ---- People and organisations */

static void write_patient(const struct writer *w)
{
	xmlNode *role = below(w->root, "recordTarget/patientRole");
	xmlNode *person = below(role, "patient");
	const char *status = dialect_text(w->d, DK_PATIENT_STATUS);
	if (!role && !is_set(w, FF_PATIENT) && !is_set(w, FF_PATIENT_ROOT))
		return;
	buf_adds(w->to, "<recordTarget><patient>");
	put_field(w, "id", below(role, "id"), FF_PATIENT, "extension",
	    FF_PATIENT_ROOT, "root");
	if (*status)
		put_1(w->to, "statusCode", "code", status);
	if (person) {
		buf_adds(w->to, "<patientPerson>");
		copy_children(w->to, person, "name");
		copy_children(w->to, person, "administrativeGenderCode");
		copy_children(w->to, person, "birthTime");
		buf_adds(w->to, "</patientPerson>");
	}
	buf_adds(w->to, "</patient></recordTarget>");
}

static void write_author(
    const struct writer *w, const xmlNode *author, bool first)
{
	xmlNode *assigned = below(author, "assignedAuthor");
	xmlNode *person = below(assigned, "assignedPerson");
	buf_adds(w->to, "<author>");
	copy_children(w->to, author, "time");
	if (assigned) {
		buf_adds(w->to, "<assignedAuthor>");
		if (first &&
		    (is_set(w, FF_AUTHOR) || is_set(w, FF_AUTHOR_ROOT)))
			put_2(w->to, "id", "root", value(w, FF_AUTHOR_ROOT),
			    "extension", value(w, FF_AUTHOR));
		else
			copy_children(w->to, assigned, "id");
		if (person) {
			buf_adds(w->to, "<assignedPerson>");
			copy_children(w->to, person, "name");
			buf_adds(w->to, "</assignedPerson>");
		}
		buf_adds(w->to, "</assignedAuthor>");
	}
	buf_adds(w->to, "</author>");
}

static void write_custodian(const struct writer *w)
{
	xmlNode *organisation = below(w->root,
	    "custodian/assignedCustodian/representedCustodianOrganization");
	if (!organisation && !is_set(w, FF_CUSTODIAN))
		return;
	buf_adds(
	    w->to, "<custodian><assignedCustodian><representedOrganization>");
	put_field(w, "id", below(organisation, "id"), FF_CUSTODIAN, "root",
	    NO_FIELD, NULL);
	if (organisation)
		copy_children(w->to, organisation, "name");
	buf_adds(w->to,
	    "</representedOrganization></assignedCustodian></custodian>");
}

/* ---- relatedDocument */

static void write_related(const struct writer *w)
{
	if (!w->draft->related || !value(w, FF_RELATED_ID))
		return;
	const char *type = value(w, FF_RELATED_TYPE);
	buf_adds(w->to, "<relatedDocument typeCode=\"");
	buf_add_xmls(w->to, type ? type : "RPLC");
	buf_adds(w->to,
	    "\"><parentDocument classCode=\"DOCCLIN\" moodCode=\"EVN\">");
	put_1(w->to, "id", "root", value(w, FF_RELATED_ID));
	if (value(w, FF_RELATED_SET))
		put_1(w->to, "setId", "root", value(w, FF_RELATED_SET));
	if (value(w, FF_RELATED_VERSION))
		put_1(w->to, "versionNumber", "value",
		    value(w, FF_RELATED_VERSION));
	buf_adds(w->to, "</parentDocument></relatedDocument>");
}

/* ---- componentOf */

static void write_unit(const struct writer *w, const xmlNode *unit)
{
	if (!unit && !is_set(w, FF_UNIT))
		return;
	buf_adds(w->to, "<representedOrganization>");
	put_field(w, "id", below(unit, "id"), FF_UNIT, "root", NO_FIELD, NULL);
	if (unit)
		copy_children(w->to, unit, "name");
	buf_adds(w->to, "</representedOrganization>");
}

static void write_performer(const struct writer *w, const xmlNode *encounter)
{
	xmlNode *participant = below(encounter, "encounterParticipant");
	xmlNode *entity = below(participant, "assignedEntity");
	if (!entity && !is_set(w, FF_UNIT))
		return;
	buf_adds(w->to, "<encounterPerformer typeCode=\"PRF\">");
	if (participant)
		copy_children(w->to, participant, "time");
	buf_adds(w->to, "<assignedPerson>");
	if (entity)
		copy_children(w->to, entity, "id");
	write_unit(w, below(entity, "representedOrganization"));
	buf_adds(w->to, "</assignedPerson></encounterPerformer>");
}

static void write_location(const struct writer *w, const xmlNode *encounter)
{
	xmlNode *provider = below(encounter,
	    "responsibleParty/assignedEntity/representedOrganization");
	if (!provider)
		return;
	buf_adds(w->to, "<location><healthCareFacility>");
	copy_children(w->to, provider, "id");
	if (xml_child(provider, XMLNS_V3, "name")) {
		buf_adds(w->to, "<location>");
		copy_children(w->to, provider, "name");
		buf_adds(w->to, "</location>");
	}
	buf_adds(w->to, "</healthCareFacility></location>");
}

static void write_encounter_time(
    const struct writer *w, const xmlNode *encounter)
{
	if (!is_set(w, FF_ENCOUNTER_FROM) && !is_set(w, FF_ENCOUNTER_TO)) {
		copy_children(w->to, encounter, "effectiveTime");
		return;
	}
	buf_adds(w->to, "<effectiveTime>");
	put_1(w->to, "low", "value", value(w, FF_ENCOUNTER_FROM));
	put_1(w->to, "high", "value", value(w, FF_ENCOUNTER_TO));
	buf_adds(w->to, "</effectiveTime>");
}

static void write_encounter(const struct writer *w)
{
	xmlNode *encounter =
	    below(w->root, "componentOf/encompassingEncounter");
	if (!encounter && !is_set(w, FF_ENCOUNTER))
		return;
	buf_adds(w->to, "<componentOf><encounterEvent>");
	put_field(w, "id", below(encounter, "id"), FF_ENCOUNTER, "root",
	    NO_FIELD, NULL);
	if (encounter) {
		write_encounter_time(w, encounter);
		write_performer(w, encounter);
		write_location(w, encounter);
	} else {
		put_1(w->to, "effectiveTime", "nullFlavor", "NA");
	}
	buf_adds(w->to, "</encounterEvent></componentOf>");
}

/* ---- localHeader */

static void write_local_header(const struct writer *w)
{
	xmlNode *header = xml_child(w->root, XMLNS_HL7FI, "localHeader");
	if (!header)
		return;
	buf_adds(w->to, "<localHeader xmlns=\"" XMLNS_HL7FI "\">");
	XML_EACH_CHILD (node, header) {
		const char *name = (const char *)node->name;
		if (dialect_has(w->d, DK_HEADER_OMITS, name))
			continue;
		/* Frame and document spell this one differently. */
		if (streq(name, "custodianTypeCode"))
			name = "custodianTypecode";
		copy_element(w->to, node, XMLNS_HL7FI, name);
	}
	buf_adds(w->to, "</localHeader>");
}

/* ---- All of it */

static void write_code(const struct writer *w, const char *name,
    enum dialect_key code, enum dialect_key system)
{
	if (*dialect_text(w->d, code))
		put_2(w->to, name, "code", dialect_text(w->d, code),
		    "codeSystem", dialect_text(w->d, system));
}

/* Where another element than code tells the register, its values make one. */
static void write_register(const struct writer *w)
{
	xmlNode *code = child(w, "code");
	if (cda_register(w->root) == code)
		put_field(w, "code", code, FF_REGISTER, "code",
		    FF_REGISTER_SYSTEM, "codeSystem");
	else
		put_2(w->to, "code", "code", value(w, FF_REGISTER),
		    "codeSystem", value(w, FF_REGISTER_SYSTEM));
}

static void write_head(const struct writer *w)
{
	const char *realm = dialect_text(w->d, DK_REALM_CODE);
	const char *type_id = dialect_text(w->d, DK_TYPE_ID);
	const char *template_id = dialect_text(w->d, DK_TEMPLATE_ID);
	if (*realm)
		put_1(w->to, "realmCode", "code", realm);
	if (*type_id) /* CDA R2 4.2.1.2: this root */
		put_2(w->to, "typeId", "root", "2.16.840.1.113883.1.3",
		    "extension", type_id);
	if (*template_id)
		put_1(w->to, "templateId", "root", template_id);
	put_field(
	    w, "id", child(w, "id"), FF_DOCUMENT_ID, "root", NO_FIELD, NULL);
	write_register(w);
	if (!w->draft->metadata_only)
		write_text(w);
	put_1(w->to, "statusCode", "code", w->draft->status);
	put_field(w, "effectiveTime", child(w, "effectiveTime"),
	    FF_EFFECTIVE_TIME, "value", NO_FIELD, NULL);
	put_field(w, "confidentialityCode", child(w, "confidentialityCode"),
	    FF_CONFIDENTIALITY, "code", NO_FIELD, NULL);
	if (w->draft->reason)
		put_2(w->to, "reasonCode", "code", w->draft->reason,
		    "codeSystem", w->draft->reason_system);
	put_field(w, "languageCode", child(w, "languageCode"), FF_LANGUAGE,
	    "code", NO_FIELD, NULL);
	put_field(
	    w, "setId", child(w, "setId"), FF_SET_ID, "root", NO_FIELD, NULL);
	put_field(w, "versionNumber", child(w, "versionNumber"), FF_VERSION,
	    "value", NO_FIELD, NULL);
	write_code(
	    w, "completionCode", DK_COMPLETION_CODE, DK_COMPLETION_SYSTEM);
	write_code(w, "storageCode", DK_STORAGE_CODE, DK_STORAGE_SYSTEM);
	/* Filled by the archive: only in what it returns. */
	copy_children(w->to, w->root, "copyTime");
}

void document_write(
    struct buf *to, const struct document_draft *draft, const struct dialect *d)
{
	const struct writer w = {
		.to = to, .draft = draft, .d = d, .root = draft->cda->root
	};
	buf_adds(to, "<subject typeCode=\"SUBJ\"><clinicalDocument>");
	write_head(&w);
	write_patient(&w);
	xmlNode *first = child(&w, "author");
	for (xmlNode *node = first; node; node = xml_next_same(node))
		write_author(&w, node, node == first);
	write_custodian(&w);
	write_related(&w);
	write_encounter(&w);
	write_local_header(&w);
	buf_adds(to, "</clinicalDocument></subject>");
}
