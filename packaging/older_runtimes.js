// What Node 20 and some browsers lack of the language and of WebGPU's constants. The npm package's entries for
// Node, Bun and bundlers import this file first; Deno and current browsers have all of it.
import "core-js/actual/array-buffer/index.js";
import "core-js/actual/array/from-async.js";
import "core-js/actual/async-disposable-stack/index.js";
import "core-js/actual/disposable-stack/index.js";
import "core-js/actual/iterator/index.js";
import "core-js/actual/map/group-by.js";
import "core-js/actual/promise/try.js";
import "core-js/actual/promise/with-resolvers.js";
import "core-js/actual/url/parse.js";
import { Float16Array } from "@petamoriken/float16";

globalThis.Float16Array ??= Float16Array;

// The specification's numbers. A program sets the rest of WebGPU's globals, as the package `webgpu` tells.
globalThis.GPUBufferUsage ??= {
  ...{ MAP_READ: 1, MAP_WRITE: 2, COPY_SRC: 4, COPY_DST: 8, INDEX: 16, VERTEX: 32, UNIFORM: 64 },
  ...{ STORAGE: 128, INDIRECT: 256, QUERY_RESOLVE: 512 },
};
globalThis.GPUTextureUsage ??= {
  ...{ COPY_SRC: 1, COPY_DST: 2, TEXTURE_BINDING: 4, STORAGE_BINDING: 8, RENDER_ATTACHMENT: 16 },
};
globalThis.GPUMapMode ??= { READ: 1, WRITE: 2 };
globalThis.GPUShaderStage ??= { VERTEX: 1, FRAGMENT: 2, COMPUTE: 4 };
