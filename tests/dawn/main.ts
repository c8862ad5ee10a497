/**
 * What tests run on Dawn, in a process of its own: a driver is chosen before the first device is
 * opened, and Dawn replaces Deno's WebGPU. Writes one line of JSON a finding to standard output.
 */
import { openDevice, shaderVariants } from "../../engine/mod.ts";
import { kernels } from "../../kernels/proofs.ts";
import { designs } from "../devices.ts";
import { endFindings, say, tellCase } from "../findings.ts";
import { prepareCase } from "../run_case.ts";
import { smallCases } from "../small_cases.ts";
import { settle, shaders } from "../variants.ts";
import { installDawn } from "./dawn.ts";
import { demoNumbers } from "./demo_numbers.ts";

/** Shader modules that are compiled before their messages are asked for. */
const together = 64;

/** Every variant of every shader, through Tint with its analysis of uniformity. */
async function compileVariants(): Promise<void> {
  using device = await openDevice();
  const { gpu, adapter: { subgroupDirective } } = device;
  const variants = shaders.flatMap(({ owner, shader }) =>
    shaderVariants(shader).map((flags) => ({ owner, shader, flags }))
  );
  for (let at = 0; at < variants.length; at += together) {
    await Promise.all(
      variants.slice(at, at + together).map(async ({ owner, shader, flags }) => {
        const name = `${owner}/${shader.name} ${JSON.stringify(flags)}`;
        const { code } = settle(shader, flags, subgroupDirective);
        gpu.pushErrorScope("validation"); // getCompilationInfo() below tells the error
        const module = gpu.createShaderModule({ label: name, code });
        const scope = gpu.popErrorScope();
        const { messages } = await module.getCompilationInfo();
        await scope;
        const error = messages.find(({ type }) => type === "error");
        say({ name, ...(error && { error: `${error.message} (line ${error.lineNum})` }) });
      }),
    );
  }
}

/** Small cases of every kernel against float64. */
async function runCases(design: keyof typeof designs, all: boolean): Promise<void> {
  using device = await openDevice({ families: designs[design] });
  for (const { kernel, test } of smallCases(kernels, all)) {
    await tellCase(device, prepareCase(kernel, test));
  }
}

/** The demo's model. */
async function runDemo(): Promise<void> {
  using device = await openDevice();
  say({ name: device.adapter.name, numbers: await demoNumbers(device) });
}

if (import.meta.main) {
  installDawn();
  const [job, design, all] = Deno.args;
  if (job === "variants") await compileVariants();
  else if (job === "cases") await runCases(design as keyof typeof designs, all === "all");
  else await runDemo();
  endFindings();
}
