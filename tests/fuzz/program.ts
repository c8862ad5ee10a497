import type { Shape } from "../../engine/mod.ts";

/** What an input of a random program holds. */
export type Contents =
  | { readonly kind: "normal" }
  /** Whole numbers below a bound: rows, classes. */
  | { readonly kind: "index"; readonly bound: number }
  /** A weight, packed as the adapter's matmul wants it. */
  | { readonly kind: "weight" };

/** An input of a random program. */
export interface ProgramInput {
  readonly name: string;
  readonly shape: Shape;
  readonly contents: Contents;
}

/** One operation of a random program. */
export interface Line {
  readonly name: string;
  /** A key of `operations`. */
  readonly operation: string;
  readonly operands: readonly string[];
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** A random graph of operations: plain data, so that it can be made smaller. */
export interface Program {
  readonly inputs: readonly ProgramInput[];
  readonly lines: readonly Line[];
  /** Lines whose results are read. */
  readonly outputs: readonly string[];
  /** The derivative of one line by some inputs. */
  readonly gradient?: { readonly of: string; readonly by: readonly string[] } | undefined;
  /** Inputs, and the lines or inputs that they hold after a run. */
  readonly assigned: readonly (readonly [input: string, value: string])[];
}

/** What is done with programs, one after the other; each is opened as a plan at most once. */
export type Event =
  | { readonly kind: "open" | "run" | "check" | "close"; readonly program: number }
  | {
    readonly kind: "write";
    readonly program: number;
    readonly input: string;
    readonly seed: number;
  };

/** Programs that live on one device at the same time. */
export interface Session {
  readonly design: "chosen" | "gpu";
  readonly programs: readonly Program[];
  readonly events: readonly Event[];
}

/** A session as a person would write it. */
export function printSession({ design, programs, events }: Session): string {
  const used = new Set(events.map(({ program }) => program));
  return [
    `// ${design} kernels`,
    ...programs.flatMap((program, i) => used.has(i) ? printProgram(program, i) : []),
    ...events.map((event) =>
      event.kind === "write"
        ? `plan${event.program}.write("${event.input}", numbers(${event.seed}));`
        : `${event.kind}(plan${event.program});`
    ),
  ].join("\n");
}

function printProgram(
  { inputs, lines, outputs, gradient, assigned }: Program,
  index: number,
): string[] {
  const returned = [
    ...outputs,
    ...(gradient ? [`...differentiate(r, ${gradient.of}, [${gradient.by}])`] : []),
  ];
  return [
    `const plan${index} = await record(device, (r) => {`,
    ...inputs.map(({ name, shape, contents: { kind } }) =>
      `  const ${name} = ${kind === "weight" ? "weight" : "r.input"}("${name}", [${
        shape.join(", ")
      }]${kind === "index" ? ', "u32"' : ""});`
    ),
    ...lines.map(({ name, operation, operands, attrs }) => {
      const more = Object.keys(attrs).length > 0 ? `, ${JSON.stringify(attrs)}` : "";
      return `  const ${name} = ${operation}(r, ${operands.join(", ")}${more});`;
    }),
    ...assigned.map(([input, value]) => `  r.assign(${input}, ${value});`),
    `  return [${returned.join(", ")}];`,
    `});`,
  ];
}
