/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_QUERY_H
#define KANTA_QUERY_H

#include "base/vec.h"
#include "kanta/frame.h"

/*
 * What a query asks for: queryByParameter of the metadata query and of the
 * content query (facts 1.8). The parameters are elements literally named with a
 * dot; they are listed in query.def. Different parameters narrow each other
 * (AND), values of one parameter widen it (OR).
 */
enum query_parameter {
#define PARAM(id, name, type, first, second) QUERY_##id,
#include "kanta/query.def"
#undef PARAM
	QUERY_COUNT
};
enum query_type {
	QUERY_II,  /* <value root="…" extension="…"/> */
	QUERY_CV,  /* <value code="…" codeSystem="…"/> */
	QUERY_IVL, /* <value><low value="…"/><high value="…"/></value> */
};
const char *query_parameter_name(enum query_parameter p); /* "patient.id" */
enum query_type query_parameter_type(enum query_parameter p);
int query_parameter_find(const char *name); /* -1 = none */

/* Texts are borrowed and never NULL; "" = none. */
struct query_value {
	enum query_parameter parameter;
	const char *root, *extension; /* II; of a CV codeSystem and code */
	struct {
		const char *low, *high; /* IVL, as written; "" = open */
	} time;
	const xmlNode *node; /* the parameter's element, for places */
};

struct query {
	const char *id; /* queryId/@root; "" = none */
	VEC(struct query_value);
	struct {
		VEC(char *); /* texts of query_make's own */
	} texts;
	struct note why; /* when reading failed */
};

/*
 * Reads queryByParameter of `f`. ERR_KANTA with place for an unknown parameter,
 * one without value, a value of the wrong type, a time that is none
 * (kanta/hl7time.h), a beginning behind its end; ERR_LIMIT for more than
 * LIMIT_QUERY_PARAMETERS values. A message without queryByParameter is an empty
 * query. Which parameters are mandatory is not looked at. A time without low
 * and high, <value value="…"/>, is both. The message must outlive the query;
 * query_release also after a failure.
 */
NODISCARD int query_read(
    struct query *q, const struct frame *f, struct err *err);

/*
 * The query that a case's `with` describes, by frame field: several values of
 * one parameter are separated by spaces. Of a parameter with two halves the
 * first (root, code system) may be missing, then it is the dialect's: of a
 * patient the henkilötunnus. Nothing is checked: a case may send nonsense.
 * ERR_LIMIT as above.
 */
NODISCARD int query_make(struct query *q, const char *const value[FF_COUNT],
    const struct dialect *d, struct err *err);
void query_release(struct query *q);

/* Whether a `with` of this field is half of a parameter's value. */
bool query_has_field(enum frame_field f);

/* Whether the query has this parameter, and how many values of it. */
size_t query_count(const struct query *q, enum query_parameter p);

/* queryByParameter; the parameters in the order of query.def. */
void query_write(struct buf *to, const struct query *q);

#endif
