/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - what every program of ours does first, whatever started it. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

/*
 * Called before anything is opened. Where descriptor 0, 1 or 2 is closed, it is taken (reading
 * ends, writing fails), so that no file of ours gets that number and with it what is printed.
 * SIGCHLD, where the starter ignores it, is not ignored: how a child ended would be lost.
 */
void process_begin(void);

#endif
