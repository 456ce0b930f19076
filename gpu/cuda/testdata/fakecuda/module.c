#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"

enum { MAX_IMAGE = 1 << 24, REGISTERS = 56 };

/* The newest PTX that a driver of that version reads. */
static int newest(int driver)
{
	static const struct {
		int driver, ptx;
	} table[] = {
		{13000, 90}, {12090, 88}, {12080, 87}, {12050, 85}, {12040, 84}, {12030, 83}, {12020, 82}, {12010, 81},
		{12000, 80}, {11080, 78}, {11070, 77}, {11060, 76}, {11050, 75}, {11040, 74}, {11030, 73}, {11020, 72}, {11010, 71}, {11000, 70},
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (driver >= table[i].driver)
			return table[i].ptx;
	return 65;
}

/* The kernels must be called as the host's are, or the text is out of date. */
static bool agrees(struct kernel *k, char *problem, size_t size)
{
	for (const struct ve_kernel *v = ve_kernels; v->name; v++)
		if (strcmp(v->name, k->name) == 0)
			k->host = v;
	if (!k->host)
		return true;
	bool same = k->host->nparams == k->params;
	for (int i = 0; same && i < k->params; i++)
		same = k->host->param_sizes[i] == k->size[i];
	if (!same)
		snprintf(problem, size, "fakecuda: the parameters of %s in the PTX are not those of its source", k->name);
	return same;
}

static int check(struct module *m, const struct device *dev, char *problem, size_t size)
{
	if (m->version > newest(fake.system.driver)) {
		snprintf(problem, size, "ptxas fatal : Unsupported .version %d.%d", m->version / 10, m->version % 10);
		return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
	}
	if (m->target > dev->set.cc || m->target < dev->set.minsm || (m->exact && m->target != dev->set.cc)) {
		snprintf(problem, size, "ptxas fatal : sm_%d does not run on this device", m->target);
		return CUDA_ERROR_NO_BINARY_FOR_GPU;
	}
	for (size_t i = 0; i < m->kernels; i++)
		if (!agrees(m->kernel[i], problem, size))
			return CUDA_ERROR_INVALID_PTX;
	return CUDA_SUCCESS;
}

/* The text, if it is one that ends. */
static int readable(const char *image, char *problem, size_t size)
{
	size_t length = strnlen(image, MAX_IMAGE);
	if (length == 0 || length == MAX_IMAGE) {
		snprintf(problem, size, "fakecuda: the image is empty, or does not end");
		return CUDA_ERROR_INVALID_IMAGE;
	}
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)image[i] >= 0x80 || (unsigned char)image[i] < 9) {
			snprintf(problem, size, "fakecuda: the image is no text");
			return CUDA_ERROR_INVALID_IMAGE;
		}
	return CUDA_SUCCESS;
}

static int add_handles(struct module *m)
{
	if (!object_add(&m->object, KIND_MODULE))
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (size_t i = 0; i < m->kernels; i++)
		if (!object_add(&m->kernel[i]->object, KIND_FUNCTION))
			return CUDA_ERROR_OUT_OF_MEMORY;
	return CUDA_SUCCESS;
}

static int load(struct context *ctx, CUmodule *module, const char *image, char *problem, size_t size)
{
	if (!module || !image)
		return CUDA_ERROR_INVALID_VALUE;
	int error = readable(image, problem, size);
	if (error)
		return error;
	struct module *m = calloc(1, sizeof *m);
	if (!m)
		return CUDA_ERROR_OUT_OF_MEMORY;
	m->context = ctx;
	error = ptx_parse(m, image, problem, size) ? CUDA_ERROR_INVALID_PTX : check(m, ctx->device, problem, size);
	if (!error)
		error = add_handles(m);
	if (error) {
		module_free(m);
		return error;
	}
	*module = (CUmodule)(uintptr_t)m->object.handle;
	return CUDA_SUCCESS;
}

static int load_logged(struct context *ctx, CUmodule *module, const void *image, unsigned count, CUjit_option *options, void **values)
{
	char problem[256] = "";
	char *log = NULL;
	size_t room = 0;
	if (count > 0 && (!options || !values))
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned i = 0; i < count; i++) {
		if (options[i] == CU_JIT_ERROR_LOG_BUFFER)
			log = values[i];
		if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES)
			room = (size_t)(uintptr_t)values[i];
	}
	int error = load(ctx, module, image, problem, sizeof problem);
	if (log && room > 0)
		snprintf(log, room, "%s", problem);
	/* The size is answered in the place of the option's value. */
	for (unsigned i = 0; i < count; i++)
		if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES)
			values[i] = (void *)(uintptr_t)(log && room ? strlen(log) : 0);
	return error;
}

CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count, CUjit_option *options, void **values)
{
	CALL(CUresult, NEED_CONTEXT, load_logged(call.context, module, image, count, options, values));
}

void module_free(struct module *m)
{
	for (size_t i = 0; i < m->kernels; i++) {
		if (m->kernel[i]->object.handle)
			object_remove(&m->kernel[i]->object);
		free(m->kernel[i]);
	}
	if (m->object.handle)
		object_remove(&m->object);
	free(m->kernel);
	free(m);
}

static struct module *module_of(struct context *ctx, CUmodule module)
{
	struct module *m = object_find(KIND_MODULE, HANDLE(module));
	return m && m->context == ctx ? m : NULL;
}

static int unload(struct context *ctx, CUmodule module)
{
	struct module *m = module_of(ctx, module);
	if (!m)
		return CUDA_ERROR_INVALID_HANDLE;
	module_free(m);
	return CUDA_SUCCESS;
}

CUresult cuModuleUnload(CUmodule module)
{
	CALL(CUresult, NEED_CONTEXT, unload(call.context, module));
}

size_t modules_drop(struct context *ctx)
{
	size_t dropped = 0;
	struct module *m;
	for (size_t slot = 0; (m = object_next(KIND_MODULE, &slot));) {
		if (m->context == ctx) {
			module_free(m);
			dropped++;
		}
	}
	return dropped;
}

static int get_function(struct context *ctx, CUfunction *function, CUmodule module, const char *name)
{
	struct module *m = module_of(ctx, module);
	if (!m)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!function || !name)
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < m->kernels; i++) {
		if (strcmp(m->kernel[i]->name, name) == 0) {
			*function = (CUfunction)(uintptr_t)m->kernel[i]->object.handle;
			return CUDA_SUCCESS;
		}
	}
	return CUDA_ERROR_NOT_FOUND;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
	CALL(CUresult, NEED_CONTEXT, get_function(call.context, function, module, name));
}
