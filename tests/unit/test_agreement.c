/* SPDX-License-Identifier: Apache-2.0 */
#include "check/agreement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* A code that stands in no file. */
static const char *const real_code = "131052"
				     "-308"
				     "T";

static const char *const same[FF_COUNT] = {
	[FF_DOCUMENT_ID] = "1.2.3.1",
	[FF_SET_ID] = "1.2.3.1",
	[FF_VERSION] = "1",
	[FF_REGISTER] = "2",
	[FF_PATIENT_ROOT] = "1.2.246.21",
	[FF_PATIENT] = "010181-900C",
};

struct sides {
	struct frame frame;
	struct cda document;
	struct disagreements found;
};

static void set_up(struct sides *s)
{
	*s = (struct sides){ .frame = { .kind = FRAME_ARCHIVE } };
	memcpy(s->frame.value, same, sizeof(same));
	memcpy(s->document.value, same, sizeof(same));
}

static void assert_texts(const struct disagreement *d, const char *holds)
{
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		struct buf text = BUF_INIT(4096);
		note_render(&text, &d->what, (enum lang)lang);
		if (!strstr(text.ptr, holds))
			fail_msg("no '%s' in '%s'", holds, text.ptr);
		assert_null(strstr(text.ptr, real_code));
		assert_null(strstr(text.ptr, real_code + 6));
		buf_release(&text);
	}
}

static void equal_sides_agree(void **state)
{
	struct sides s;

	(void)state;
	set_up(&s);
	agreement_check(&s.found, &s.frame, &s.document, "1.2.3.1");
	assert_int_equal(s.found.count, 0);
	/* a Content-ID that nobody wrote is no disagreement */
	agreement_check(&s.found, &s.frame, &s.document, "");
	assert_int_equal(s.found.count, 0);
}

static void each_field_is_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < frame_agreed_count; i++) {
		enum frame_field f = frame_agreed[i];
		struct sides s;
		set_up(&s);
		s.frame.value[f] = "9";
		s.document.value[f] = "8";
		agreement_check(&s.found, &s.frame, &s.document, "");
		assert_int_equal(s.found.count, 1);
		assert_int_equal(s.found.at[0].field, f);
		assert_true(s.found.at[0].where[0]);
		assert_texts(&s.found.at[0], frame_field_name(f));
		VEC_RELEASE(&s.found);
	}
}

static void what_only_one_side_has_disagrees(void **state)
{
	struct sides s;

	(void)state;
	set_up(&s);
	s.frame.value[FF_SET_ID] = NULL;
	s.document.value[FF_VERSION] = NULL;
	agreement_check(&s.found, &s.frame, &s.document, "");
	assert_int_equal(s.found.count, 2);
	VEC_RELEASE(&s.found);
	/* what neither has does not */
	s.document.value[FF_SET_ID] = NULL;
	s.frame.value[FF_VERSION] = NULL;
	agreement_check(&s.found, &s.frame, &s.document, "");
	assert_int_equal(s.found.count, 0);
}

static void the_content_id_is_the_document(void **state)
{
	struct sides s;

	(void)state;
	set_up(&s);
	agreement_check(&s.found, &s.frame, &s.document, "1.2.3.2");
	assert_int_equal(s.found.count, 1);
	assert_int_equal(s.found.at[0].field, FF_CONTENT_ID);
	assert_texts(&s.found.at[0], "1.2.3.2");
	assert_texts(&s.found.at[0], "Content-ID");
	VEC_RELEASE(&s.found);
}

/* What is shown goes into an answer: it must be UTF-8 whatever came. */
static void masks_cut_no_character(void **state)
{
	struct sides s;

	(void)state;
	set_up(&s);
	s.frame.value[FF_PATIENT] = "\xEF\xBB\xBF"
				    "01018-900C";
	s.document.value[FF_PATIENT] = "1\xC3\xA4";
	agreement_check(&s.found, &s.frame, &s.document, "");
	assert_int_equal(s.found.count, 1);
	assert_texts(&s.found.at[0], "*************");
	assert_texts(&s.found.at[0], "1**");
	VEC_RELEASE(&s.found);
}

static void real_codes_are_masked(void **state)
{
	struct sides s;
	char around[64];

	(void)state;
	set_up(&s);
	s.frame.value[FF_PATIENT] = real_code;
	agreement_check(&s.found, &s.frame, &s.document, "");
	assert_int_equal(s.found.count, 1);
	assert_texts(&s.found.at[0], "13****-****");
	assert_texts(&s.found.at[0], "010181-900C");
	VEC_RELEASE(&s.found);
	/* not shaped like one, and in another field */
	(void)snprintf(around, sizeof(around), "x%s", real_code);
	s.frame.value[FF_PATIENT] = around;
	agreement_check(&s.found, &s.frame, &s.document, "");
	assert_texts(&s.found.at[0], "x1**");
	VEC_RELEASE(&s.found);
	s.frame.value[FF_PATIENT] = same[FF_PATIENT];
	(void)snprintf(around, sizeof(around), "1.2 %s", real_code);
	agreement_check(&s.found, &s.frame, &s.document, around);
	assert_texts(&s.found.at[0], "1.2 13****-****");
	VEC_RELEASE(&s.found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_sides_agree),
		cmocka_unit_test(each_field_is_compared),
		cmocka_unit_test(what_only_one_side_has_disagrees),
		cmocka_unit_test(the_content_id_is_the_document),
		cmocka_unit_test(real_codes_are_masked),
		cmocka_unit_test(masks_cut_no_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
