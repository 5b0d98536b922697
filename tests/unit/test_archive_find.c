/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/archive.h"

#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

/* A document as the archive is told of it, and as the naive model keeps it. */
#define TERMS 10
struct document {
	char oid[16], set[16];
	uint64_t version;
	int partition;
	enum archive_status status;
	struct archive_term term[TERMS];
	size_t count;
};

static const char *const partitions[] = { "/", "/b" };

static void put(struct archive *a, const struct document *d, bool cancels)
{
	struct err err = { 0 };
	struct archive_terms terms = { 0 };

	for (size_t i = 0; i < d->count; i++)
		*VEC_PUSH(&terms) = d->term[i];
	const struct archive_entry e = {
		.partition = partitions[d->partition],
		.oid = d->oid,
		.set_id = d->set,
		.version = d->version,
		.message_id = "1.2.3",
		.received = 77,
		.cancels = cancels,
		.terms = &terms,
		.bytes = d->oid,
		.len = strlen(d->oid),
	};
	if (archive_put(a, &e, &err) < 0)
		fail_msg("%s", err.msg);
	VEC_RELEASE(&terms);
}

static void find(struct archive *a, const struct archive_search *s,
    const char *partition, struct archive_results *r)
{
	struct err err = { 0 };

	if (archive_find(a, partition, s, r, &err) < 0)
		fail_msg("%s", err.msg);
}

static size_t count_found(struct archive *a, const struct archive_term *terms,
    size_t count, bool by_id)
{
	const struct archive_search s = {
		.terms = terms,
		.count = count,
		.by_id = { by_id, by_id },
		.most = 100,
		.most_bytes = 10000,
	};
	struct archive_results r;

	find(a, &s, "/", &r);
	assert_int_equal(r.total, r.count);
	archive_results_release(&r);
	return r.total;
}

static struct archive *open_or_fail(void)
{
	struct err err = { 0 };
	struct archive *a = archive_open(NULL, &err);

	if (!a)
		fail_msg("%s", err.msg);
	return a;
}

static const struct archive_term patient = { ARCHIVE_PATIENT, "1.2.246.21",
	"010181-900C", 0, 0 };

static void put_version(struct archive *a, const char *oid, const char *set,
    uint64_t version, bool cancels)
{
	struct document d = { .version = version, .count = 1 };

	snprintf(d.oid, sizeof(d.oid), "%s", oid);
	snprintf(d.set, sizeof(d.set), "%s", set);
	d.term[0] = patient;
	put(a, &d, cancels);
}

static void finds_current_versions_alone(void **state)
{
	struct archive *a = open_or_fail();
	const struct archive_term first = { ARCHIVE_DOCUMENT, "1.1", "", 0, 0 };

	(void)state;
	put_version(a, "1.1", "1.1", 1, false);
	put_version(a, "1.9", "1.9", 1, false);
	assert_int_equal(count_found(a, &patient, 1, true), 2);
	put_version(a, "1.2", "1.1", 2, false);
	assert_int_equal(count_found(a, &patient, 1, true), 2);
	assert_int_equal(count_found(a, &first, 1, true), 1);
	assert_int_equal(count_found(a, &first, 1, false), 0);
	archive_close(a);
}

static void cancels_a_set(void **state)
{
	struct archive *a = open_or_fail();
	struct err err = { 0 };
	struct archive_version v;
	const struct archive_term ids[] = {
		{ ARCHIVE_DOCUMENT, "1.1", "", 0, 0 },
		{ ARCHIVE_DOCUMENT, "1.2", "", 0, 0 },
	};

	(void)state;
	put_version(a, "1.1", "1.1", 1, false);
	put_version(a, "1.2", "1.1", 2, false);
	assert_int_equal(archive_cancel(a, "/b", "1.1", CANCEL_SET, &err), 0);
	assert_int_equal(count_found(a, &patient, 1, false), 1);
	assert_int_equal(archive_cancel(a, "/", "1.1", CANCEL_SET, &err), 0);
	assert_int_equal(count_found(a, &patient, 1, true), 0);
	assert_int_equal(count_found(a, ids, 2, true), 2);
	assert_int_equal(archive_newest(a, "/", "1.1", &v, &err), 1);
	assert_int_equal(v.status, ARCHIVE_CANCELLED);
	free(v.oid);
	archive_close(a);
}

/* The version that cancels is one of the set, and found no more than it. */
static void is_cancelled_by_a_version(void **state)
{
	struct archive *a = open_or_fail();
	const struct archive_term last = { ARCHIVE_DOCUMENT, "1.2", "", 0, 0 };
	const struct archive_search s = {
		.terms = &last,
		.count = 1,
		.by_id = { .cancelled = true },
		.most = 1,
		.most_bytes = 10000,
	};
	struct archive_results r;

	(void)state;
	put_version(a, "1.1", "1.1", 1, false);
	put_version(a, "1.2", "1.1", 2, true);
	assert_int_equal(count_found(a, &patient, 1, true), 0);
	find(a, &s, "/", &r);
	assert_int_equal(r.count, 1);
	assert_int_equal(r.at[0].status, ARCHIVE_CANCELLED);
	assert_int_equal(r.at[0].received, 77);
	assert_string_equal(r.at[0].oid, "1.2");
	assert_int_equal(r.at[0].bytes.len, 3);
	archive_results_release(&r);
	archive_close(a);
}

static void tells_the_total_above_the_most(void **state)
{
	struct archive *a = open_or_fail();
	const struct archive_search s = {
		.terms = &patient,
		.count = 1,
		.most = 2,
		.most_bytes = 10000,
	};
	struct archive_results r;
	char oid[16];

	(void)state;
	for (int i = 1; i <= 5; i++) {
		snprintf(oid, sizeof(oid), "1.%d", i);
		put_version(a, oid, oid, 1, false);
	}
	find(a, &s, "/", &r);
	assert_int_equal(r.total, 5);
	assert_int_equal(r.count, 2);
	assert_string_equal(r.at[1].oid, "1.2");
	archive_results_release(&r);
	archive_close(a);
}

/* What would be SQL, were it not a value. */
static void takes_values_for_values(void **state)
{
	struct archive *a = open_or_fail();
	const struct archive_term t = { ARCHIVE_PATIENT, "1.2.246.21",
		"' OR '1'='1", 0, 0 };

	(void)state;
	put_version(a, "1.1", "1.1", 1, false);
	assert_int_equal(count_found(a, &t, 1, true), 0);
	archive_close(a);
}

/* ---- Against a naive model, at random but always the same */

#define DOCUMENTS 120
#define SEARCHES  600

struct model {
	struct document at[DOCUMENTS];
	uint32_t state;
};

static uint32_t draw(struct model *m, uint32_t below)
{
	m->state = m->state * 1664525u + 1013904223u;
	return (m->state >> 8) % below;
}

static const char *const few[] = { "1.2", "1.3", "1.4" };
static const char *const words[] = { "", "a", "A", "%", "2" };

static struct archive_term draw_term(struct model *m)
{
	static const enum archive_key keys[] = { ARCHIVE_AUTHOR,
		ARCHIVE_REGISTER, ARCHIVE_TIME, ARCHIVE_ENCOUNTER_TIME,
		ARCHIVE_ENCOUNTER, ARCHIVE_PATIENT, ARCHIVE_UNIT };
	struct archive_term t = { .key = keys[draw(m, 7)] };

	if (t.key == ARCHIVE_TIME || t.key == ARCHIVE_ENCOUNTER_TIME) {
		t.low = draw(m, 20);
		t.high = t.low + draw(m, 4);
		return t;
	}
	t.root = few[draw(m, 3)];
	t.extension = words[draw(m, 5)];
	return t;
}

static void draw_document(struct model *m, size_t n)
{
	struct document *d = &m->at[n];
	struct document *old = n ? &m->at[draw(m, (uint32_t)n)] : NULL;

	*d = (struct document){ .version = 1, .partition = (int)draw(m, 2) };
	snprintf(d->oid, sizeof(d->oid), "1.%zu", n);
	snprintf(d->set, sizeof(d->set), "1.%zu", n);
	if (old && old->status == ARCHIVE_CURRENT && draw(m, 3) == 0) {
		d->version = old->version + 1;
		d->partition = old->partition;
		snprintf(d->set, sizeof(d->set), "%s", old->set);
		old->status = ARCHIVE_REPLACED;
	}
	d->count = draw(m, TERMS);
	for (size_t i = 0; i < d->count; i++)
		d->term[i] = draw_term(m);
}

static bool term_matches(
    const struct archive_term *asked, const struct document *d)
{
	if (asked->key == ARCHIVE_DOCUMENT)
		return streq(asked->root, d->oid);
	for (size_t i = 0; i < d->count; i++) {
		const struct archive_term *t = &d->term[i];
		if (t->key != asked->key)
			continue;
		if (t->root ? streq(t->root, asked->root) &&
				  streq(t->extension, asked->extension)
			    : t->low <= asked->high && t->high >= asked->low)
			return true;
	}
	return false;
}

static bool key_matches(const struct archive_search *s, enum archive_key key,
    const struct document *d)
{
	bool asked = false;

	for (size_t i = 0; i < s->count; i++) {
		if (s->terms[i].key != key)
			continue;
		asked = true;
		if (term_matches(&s->terms[i], d))
			return true;
	}
	return !asked;
}

static bool may_be_found(
    const struct archive_search *s, const struct document *d)
{
	bool by_id = false;

	for (size_t i = 0; i < s->count; i++)
		by_id |= s->terms[i].key == ARCHIVE_DOCUMENT;
	switch (d->status) {
	case ARCHIVE_CURRENT:
		return true;
	case ARCHIVE_REPLACED:
		return by_id && s->by_id.replaced;
	case ARCHIVE_CANCELLED:
		return by_id && s->by_id.cancelled;
	}
	return false;
}

static bool model_finds(
    const struct archive_search *s, int partition, const struct document *d)
{
	if (d->partition != partition || !may_be_found(s, d))
		return false;
	for (int k = 0; k < ARCHIVE_KEY_COUNT; k++)
		if (!key_matches(s, (enum archive_key)k, d))
			return false;
	return true;
}

static size_t compare(struct archive *a, const struct model *m,
    const struct archive_search *s, int partition)
{
	struct archive_results r;
	size_t at = 0;

	find(a, s, partitions[partition], &r);
	for (size_t i = 0; i < DOCUMENTS; i++) {
		if (!model_finds(s, partition, &m->at[i]))
			continue;
		if (at == r.count || !streq(r.at[at].oid, m->at[i].oid))
			fail_msg("%s is not found", m->at[i].oid);
		assert_int_equal(r.at[at].status, m->at[i].status);
		at++;
	}
	assert_int_equal(at, r.count);
	assert_int_equal(at, r.total);
	archive_results_release(&r);
	return at;
}

static size_t draw_search(struct model *m, struct archive_term terms[6])
{
	size_t count = 1 + draw(m, 6);

	for (size_t i = 0; i < count; i++) {
		terms[i] = draw_term(m);
		if (draw(m, 4) == 0)
			terms[i] = (struct archive_term){ ARCHIVE_DOCUMENT,
				m->at[draw(m, DOCUMENTS)].oid, "", 0, 0 };
	}
	return count;
}

static void finds_what_a_naive_model_finds(void **state)
{
	struct archive *a = open_or_fail();
	static struct model m = { .state = 20261121 };
	struct archive_term terms[6];
	size_t found = 0, some = 0;

	(void)state;
	for (size_t i = 0; i < DOCUMENTS; i++) {
		draw_document(&m, i);
		put(a, &m.at[i], false);
	}
	for (int i = 0; i < SEARCHES; i++) {
		const struct archive_search s = {
			.terms = terms,
			.count = draw_search(&m, terms),
			.by_id = { draw(&m, 2), draw(&m, 2) },
			.most = DOCUMENTS,
			.most_bytes = 10000,
		};
		size_t n = compare(a, &m, &s, (int)draw(&m, 2));
		found += n;
		some += n > 0;
	}
	/* else the comparison compares nothing with nothing */
	assert_true(some > SEARCHES / 10);
	assert_true(found > SEARCHES / 4);
	archive_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_current_versions_alone),
		cmocka_unit_test(cancels_a_set),
		cmocka_unit_test(is_cancelled_by_a_version),
		cmocka_unit_test(tells_the_total_above_the_most),
		cmocka_unit_test(takes_values_for_values),
		cmocka_unit_test(finds_what_a_naive_model_finds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
