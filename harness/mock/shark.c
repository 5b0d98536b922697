/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/shark.h"

#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "kanta/shark.h"
#include "kanta/why.h"
#include "xml/doc.h"

#include <jansson.h>

/* One request while it is looked at. */
struct validation {
	struct shark_request request;
	struct xml_doc *frame, *document;
	struct {
		VEC(struct note);
	} found;
};

static void find(struct validation *v, struct note what)
{
	*VEC_PUSH(&v->found) = what;
}

static struct note say_no_xml(const char *field, const struct xml_fault *fault)
{
	const struct note why = xml_fault_say(fault);
	struct buf text[LANG_COUNT];
	struct note note;

	for (int lang = 0; lang < LANG_COUNT; lang++) {
		buf_init(&text[lang], LIMIT_KIB(4));
		note_render(&text[lang], &why, (enum lang)lang);
	}
	note = say_shark_mock_xml(field, text[LANG_FI].ptr, text[LANG_EN].ptr);
	for (int lang = 0; lang < LANG_COUNT; lang++)
		buf_release(&text[lang]);
	return note;
}

static struct xml_doc *parse(struct validation *v, enum shark_field field)
{
	const char *text = v->request.field[field];
	const char *name = shark_field_names[field];
	struct xml_fault fault;
	struct err err = { 0 };
	struct xml_doc *doc =
	    xml_parse_telling(text, strlen(text), name, &fault, &err);
	if (!doc)
		find(v, say_no_xml(name, &fault));
	return doc;
}

static const char *root_of(const xmlNode *parent, const char *name)
{
	const xmlNode *node = xml_child(parent, XMLNS_V3, name);
	return node ? xml_attr(node, "root") : NULL;
}

static void compare(struct validation *v, const char *name)
{
	const xmlNode *inner = xml_down(xml_root(v->frame), XMLNS_V3,
	    "controlActProcess/subject/clinicalDocument");
	const char *in_frame = inner ? root_of(inner, name) : NULL;
	const char *in_document = root_of(xml_root(v->document), name);
	if (!in_frame || !in_document || !streq(in_frame, in_document))
		find(v, say_shark_mock_agree(name));
}

/* With carriage returns the service says that it does not see the body. */
static bool has_body(const struct validation *v)
{
	return !strchr(v->request.field[SHARK_DOCUMENT], '\r') &&
	       xml_down(
		   xml_root(v->document), XMLNS_V3, "component/nonXMLBody");
}

static bool has_service(const struct validation *v)
{
	const xmlNode *control =
	    xml_child(xml_root(v->frame), XMLNS_V3, "controlActProcess");
	if (!control)
		return false;
	XML_EACH_CHILD (node, control) {
		const char *system = xml_attr(node, "codeSystem");
		const char *code = xml_attr(node, "code");
		if (xml_is(node, XMLNS_V3, "reasonCode") && system && code &&
		    str_starts(system, SHARK_SYSTEM))
			return streq(code, v->request.field[SHARK_SERVICE]);
	}
	return false;
}

static void look(struct validation *v)
{
	v->frame = parse(v, SHARK_FRAME);
	v->document = parse(v, SHARK_DOCUMENT);
	if (!v->frame || !v->document)
		return;
	compare(v, "id");
	compare(v, "setId");
	if (!has_body(v))
		find(v, say_shark_mock_body());
	if (!has_service(v))
		find(v, say_shark_mock_service());
}

/* ---- The answer */

static void answer(struct received *out, enum outcome outcome, int status,
    const char *media_type)
{
	out->outcome = outcome;
	out->status = status;
	str_copy(out->media_type, sizeof(out->media_type), media_type);
	str_copy(out->interaction, sizeof(out->interaction), "shark");
}

static void answer_list(struct received *out, const struct validation *v)
{
	struct buf list = BUF_INIT(LIMIT_KIB(64));
	for (size_t i = 0; i < v->found.count; i++) {
		buf_addf(&list, "%s%zu: ", i ? ";" : "", i + 1);
		note_render(&list, &v->found.at[i], LANG_FI);
		struct refusal *f = VEC_PUSH(&out->findings);
		f->code = DK_ERROR_INTEGRITY;
		f->what = v->found.at[i];
	}
	json_t *all = json_pack("{s:s}", "description", list.ptr);
	char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
	answer(out, OUTCOME_REFUSED, 400, "application/json");
	out->errors = v->found.count;
	buf_adds(&out->answer, text ? text : "");
	free(text);
	json_decref(all);
	buf_release(&list);
}

static void answer_block(struct received *out, uint64_t number)
{
	answer(out, OUTCOME_REJECTED, 200, "text/html");
	buf_addf(&out->answer,
	    "<html><head><title>Request Rejected</title></head><body>The "
	    "requested URL was rejected. Please consult with your "
	    "administrator.<br><br>Your support ID is: %llu</body></html>\n",
	    (unsigned long long)number);
}

static bool is_declared(const char *text)
{
	return str_starts(text, "<?xml ");
}

bool shark_validate(struct received *out, const struct request_in *in)
{
	struct validation v = { .frame = NULL };
	struct err err = { 0 };
	if (!in->is_post || !streq(in->partition, SHARK_PATH))
		return false;
	out->withheld = !guard_is_clean(in->body, in->len);
	if (shark_read_request(&v.request, in->body, in->len, &err) < 0) {
		find(&v,
		    why_quote(say_shark_mock_request, &v.request.why, NULL));
		answer_list(out, &v);
	} else if (!is_declared(v.request.field[SHARK_FRAME]) ||
		   !is_declared(v.request.field[SHARK_DOCUMENT])) {
		answer_block(out, in->number);
	} else {
		look(&v);
		if (v.found.count)
			answer_list(out, &v);
		else
			answer(out, OUTCOME_ACCEPTED, 200, "text/plain");
	}
	VEC_RELEASE(&v.found);
	xml_free(v.frame);
	xml_free(v.document);
	shark_request_release(&v.request);
	return true;
}
