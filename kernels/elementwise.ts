import {
  elements,
  formatShape,
  type Inputs,
  sameShape,
  type Shape,
  type Tensor,
} from "../engine/mod.ts";
import { type Launched, type LaunchedOp, withFields } from "./launch.ts";
import { perElement } from "./per_element.ts";
import { describeShapes } from "./shapes.ts";

/** A kernel whose WGSL computes a number from numbers: `fn y_of(x: E, b: E) -> E`. */
export interface Elementwise<I extends Inputs, A>
  extends
    Pick<Launched<I, A, "f32">, "flags" | "flagsFor" | "texels" | "flops" | "gradient">,
    Partial<Pick<Launched<I, A, "f32">, "describe">> {
  readonly name: string;
  readonly source: string;
  /** The operands in the order of `y_of()`'s parameters. The first has the shape of the result. */
  readonly inputs: readonly (keyof I & string)[];
  /** Operands with only the last axes of the result, which repeat over the others. */
  readonly repeats?: readonly (keyof I & string)[];
  /** Throws where operands and settings do not fit. */
  check?(inputs: I, attrs: A): void;
  /** Fields of `struct Params`. */
  params?(attrs: A): Readonly<Record<string, number>>;
}

/** An operation of each element by itself, four at a time where the sizes allow. */
export function elementwise<I extends Inputs, A = Record<string, never>>(
  kernel: Elementwise<I, A>,
): LaunchedOp<I, A> {
  const { name, inputs: names, repeats = [], source, check, params, ...rest } = kernel;
  const [first] = names as [keyof I & string];
  const shapeOf = (inputs: I, key: keyof I): Shape => (inputs[key] as Tensor).shape;
  const values = names.map((key) =>
    repeats.includes(key) ? `${key}_at(i % params.${key}_period)` : `${key}_at(i)`
  );
  return perElement<I, A>({
    describe: (inputs) => describeShapes({ [first]: inputs[first] as Tensor }),
    ...rest,
    name,
    source: withFields(
      `${source}\nfn compute(i: u32) {\n  set_y(i, y_of(${values.join(", ")}));\n}\n`,
      repeats.map((key) => `  ${key}_period: u32, // of E\n`).join(""),
    ),
    reads: Object.fromEntries(names.map((key) => [key, "E"])),
    infer(inputs, attrs) {
      check?.(inputs, attrs);
      const shape = shapeOf(inputs, first);
      for (const key of names) {
        const own = shapeOf(inputs, key);
        if (
          !sameShape(own, repeats.includes(key) ? shape.slice(shape.length - own.length) : shape)
        ) {
          throw new TypeError(
            `Cannot record ${name}: ${key} must have the shape of ${first}` +
              `${repeats.includes(key) ? " or its last axes" : ""}: ` +
              `got ${first} ${formatShape(shape)} and ${key} ${formatShape(own)}`,
          );
        }
      }
      return [{ shape, dtype: "f32" }];
    },
    // Where nothing repeats, the last vec4 may pass the end into the padding that every tensor has.
    vec4: repeats.length === 0 || ((inputs) =>
      repeats.every((key) => {
        const period = elements(shapeOf(inputs, key));
        return period % 4 === 0 || period === elements(shapeOf(inputs, first));
      })),
    params: (inputs, attrs, per) => ({
      ...params?.(attrs),
      ...Object.fromEntries(
        repeats.map((key) => [`${key}_period`, Math.ceil(elements(shapeOf(inputs, key)) / per)]),
      ),
    }),
  });
}
