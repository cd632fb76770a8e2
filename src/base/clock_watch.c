/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock_watch.h"

#include <sys/timex.h>
#include <time.h>

#include "base/status.h"

int64_t
clock_steady_us(void)
{
	struct timespec now;

	MS_ASSERT(clock_gettime(CLOCK_BOOTTIME, &now) == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool
clock_is_synchronised(void)
{
	struct timex ask = { .modes = 0 };

	return adjtimex(&ask) != TIME_ERROR && (ask.status & STA_UNSYNC) == 0;
}

int64_t
clock_watch_look(clock_watch *w, int64_t real_us, int64_t steady_us, int64_t limit_us)
{
	int64_t ahead_us = real_us - steady_us, moved_us = ahead_us - w->ahead_us;

	if (w->begun && moved_us <= limit_us && moved_us >= -limit_us)
		return 0;
	if (!w->begun)
		moved_us = 0;
	w->begun = true;
	w->ahead_us = ahead_us;
	return moved_us;
}
