/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_MOCK_H
#define CMD_MOCK_H

#include "mock/mock.h"

/*
 * 'esitesti mock --open-report': the page of its run folder, made by 'esitesti
 * report' in a child, shown once and kept young while the mock serves.
 */
struct mock_view {
	const char *dir;
	char *page; /* its file */
	enum lang lang;
	FILE *log;
	bool shown;
	struct mock_page tells;
};
/* ERR_USAGE when there is no run folder. */
NODISCARD int view_open(struct mock_view *v, const char *dir, struct err *err);
/* After the end: the page as it stays, when the mock has served. */
void view_close(struct mock_view *v, bool served);

#endif
