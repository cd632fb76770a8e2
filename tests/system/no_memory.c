/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no_memory.c - preloaded: the program gets no memory where it asks for it the NO_MEMORY_AT-th time
 * (from 1 on), or, with NO_MEMORY_ON, then and ever after. Only what the program itself asks for
 * counts, not the libraries that it loads. How often it asked is written to NO_MEMORY_COUNT.
 */
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static uintptr_t begin, end; /* of the program */
static unsigned long at;
static int on;
static atomic_ulong asked;

/* The first is the program. */
static int
find_program(struct dl_phdr_info *info, size_t size, void *ctx)
{
	int i;

	(void)size;
	(void)ctx;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_LOAD && info->dlpi_addr + h->p_vaddr + h->p_memsz > end)
			end = info->dlpi_addr + h->p_vaddr + h->p_memsz;
	}
	begin = info->dlpi_addr;
	return 1;
}

__attribute__((constructor)) static void
learn(void)
{
	const char *number = getenv("NO_MEMORY_AT");

	at = number == NULL ? 0 : strtoul(number, NULL, 10);
	on = getenv("NO_MEMORY_ON") != NULL;
	dl_iterate_phdr(find_program, NULL);
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("NO_MEMORY_COUNT");
	FILE *f = path == NULL ? NULL : fopen(path, "we");

	if (f == NULL)
		return;
	fprintf(f, "%lu\n", atomic_load(&asked));
	fclose(f);
}

static int
fails(const void *caller)
{
	unsigned long n;

	if ((uintptr_t)caller < begin || (uintptr_t)caller >= end)
		return 0;
	n = atomic_fetch_add(&asked, 1) + 1;
	return at != 0 && (n == at || (on && n > at));
}

__attribute__((visibility("default"))) void *
malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *
calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

__attribute__((visibility("default"))) void *
realloc(void *old, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}
