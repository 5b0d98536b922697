/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_AGREEMENT_H
#define CHECK_AGREEMENT_H

#include "base/vec.h"
#include "base/words.h"
#include "kanta/frame.h"

/*
 * Frame and document must tell the same (facts 9.6; SHARK checks it for social
 * documents), the Content-ID must be the document's id, and there must be
 * exactly one part.
 */
struct disagreement {
	enum frame_field field;
	char where[256];  /* XPath in the frame */
	struct note what; /* both values; identity codes outside the 900
			     series are masked */
};
struct disagreements {
	VEC(struct disagreement);
};

/* Adds what disagrees; `content_id` may be "". */
void agreement_check(struct disagreements *out, const struct frame *frame,
    const struct cda *document, const char *content_id);

#endif
