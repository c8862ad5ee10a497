import { messageOf, withErrorScope } from "./error_scope.ts";
import { KernelError } from "./errors.ts";
import { blocking } from "./host.ts";
import { checkLimit, type Limits } from "./limits.ts";
import { type Binding, evaluateSize, reflect, type Reflection } from "./reflect.ts";
import { expandShader, type Flag, type Shader } from "./shader.ts";

/** A kernel ready to be dispatched. */
export interface Pipeline {
  readonly gpu: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A shader with its flags and constants settled: what a pipeline is compiled from. */
export interface Program {
  readonly name: string;
  readonly code: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly reflection: Reflection;
  /** The same for every program that compiles to the same pipeline. */
  readonly key: string;
}

/** Settles a shader's flags and constants and checks it against the device's limits. No GPU call. */
export function program(
  shader: Shader,
  flags: Readonly<Record<string, Flag>>,
  constants: Readonly<Record<string, number>>,
  limits: Limits,
  subgroupDirective: string,
): Program {
  const text = expandShader(shader, flags);
  const code = text.includes("subgroup") ? subgroupDirective + text : text;
  const reflection = reflect(code, shader.name);
  for (const name of Object.keys(constants)) {
    if (!reflection.overrides.includes(name)) {
      throw new TypeError(`Cannot build ${shader.name}: it has no override ${name}`);
    }
  }
  const names = { ...reflection.constants, ...constants };
  const size = reflection.workgroupSize.map((expression) => evaluateSize(expression, names));
  const check = (limit: keyof Limits, value: number, what: string) =>
    checkLimit(limits, limit, value, shader.name, what);
  check("maxComputeInvocationsPerWorkgroup", size.reduce((a, b) => a * b, 1), "workgroup size");
  check("maxComputeWorkgroupSizeX", size[0] ?? 1, "workgroup width");
  check("maxComputeWorkgroupSizeY", size[1] ?? 1, "workgroup height");
  check("maxComputeWorkgroupSizeZ", size[2] ?? 1, "workgroup depth");
  const workgroupBytes = reflection.workgroupArrays.reduce(
    (sum, { bytes, length }) => sum + bytes * evaluateSize(length, names),
    0,
  );
  check("maxComputeWorkgroupStorageSize", workgroupBytes, "workgroup memory in bytes");
  const count = (...kinds: Binding["kind"][]) =>
    reflection.bindings.filter(({ kind }) => kinds.includes(kind)).length;
  check("maxStorageBuffersPerShaderStage", count("read", "write"), "the number of buffers");
  check(
    "maxStorageTexturesPerShaderStage",
    count("texture_read", "texture_write"),
    "the number of textures",
  );
  const key = JSON.stringify([code, Object.entries(constants).sort()]);
  return { name: shader.name, code, constants, reflection, key };
}

/** The compile cache of one device: every program is compiled once, concurrent requests included. */
export class Pipelines {
  readonly #gpu: GPUDevice;
  readonly #compiled = new Map<string, Promise<Pipeline>>();

  constructor(gpu: GPUDevice) {
    this.#gpu = gpu;
  }

  /** How many pipelines have been compiled. */
  get size(): number {
    return this.#compiled.size;
  }

  /** The pipeline of a program. Rejects with a `KernelError` that shows the line of the shader. */
  get(program: Program, label: string): Promise<Pipeline> {
    let pipeline = this.#compiled.get(program.key);
    if (pipeline === undefined) {
      pipeline = this.#compile(program, label);
      this.#compiled.set(program.key, pipeline);
      // A failure is not kept: the next request may come after the device's trouble is over.
      pipeline.catch(() => this.#compiled.delete(program.key));
    }
    return pipeline;
  }

  async #compile(program: Program, label: string): Promise<Pipeline> {
    const gpu = this.#gpu;
    // A driver may compile here and now, which takes a CPU some tenths of a second.
    const { value, error } = withErrorScope(gpu, () =>
      blocking(() => {
        const module = gpu.createShaderModule({ label, code: program.code });
        const layout = gpu.createBindGroupLayout({
          label,
          entries: program.reflection.bindings.map(layoutEntry),
        });
        const pipeline = gpu.createComputePipeline({
          label,
          layout: gpu.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
          compute: { module, entryPoint: "main", constants: program.constants },
        });
        return { module, layout, pipeline };
      }));
    const { module, layout, pipeline } = value, failure = await error;
    if (failure) {
      const { messages } = await module.getCompilationInfo();
      const error = messages.find(({ type }) => type === "error");
      throw new KernelError(
        `Cannot compile ${program.name} for ${label}: ` +
          (error ? excerpt(program.code, error) : messageOf(failure)),
        label,
      );
    }
    return { gpu: pipeline, layout };
  }
}

function layoutEntry(binding: Binding): GPUBindGroupLayoutEntry {
  const base = { binding: binding.index, visibility: GPUShaderStage.COMPUTE };
  switch (binding.kind) {
    case "uniform":
      return { ...base, buffer: { type: "uniform", hasDynamicOffset: true } };
    case "read":
      return { ...base, buffer: { type: "read-only-storage" } };
    case "write":
      return { ...base, buffer: { type: "storage" } };
    default:
      return {
        ...base,
        storageTexture: {
          access: binding.kind === "texture_read" ? "read-only" : "write-only",
          format: binding.format ?? "rgba32float",
        },
      };
  }
}

/** The compiler's word with the line it speaks of and its neighbours. */
function excerpt(code: string, message: GPUCompilationMessage): string {
  const lines = code.split("\n");
  const reason = message.message.match(/error: (.*)/)?.[1] ?? message.message.trim();
  const at = message.lineNum - 1;
  const shown = lines.slice(Math.max(0, at - 1), at + 2).map((line, i) => {
    const number = Math.max(0, at - 1) + i + 1;
    return `${number === message.lineNum ? ">" : " "} ${String(number).padStart(4)} | ${line}`;
  });
  return `${reason} (line ${message.lineNum}, column ${message.linePos})\n${shown.join("\n")}`;
}
