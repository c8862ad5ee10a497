import { presentInputs } from "./op.ts";
import type { AnyOp, Application, Derivative, Recorder } from "./recorder.ts";
import { elements, formatShape } from "./shape.ts";
import type { AnyTensor, Operand, Tensor } from "./tensor.ts";

/**
 * Records the gradient of a loss (a lone number) by some tensors: walks backwards over what was
 * recorded and records the derivatives, of nothing but what lies between those tensors and the loss.
 * Each operation brings its own rule.
 *
 * @param add How two derivatives are added: the engine knows no operation itself.
 * @param slope The derivative of what is really the loss by `loss`, which then may have any shape.
 */
export function differentiate(
  recorder: Recorder,
  loss: Tensor,
  by: readonly Tensor[],
  add: (recorder: Recorder, a: Tensor, b: Tensor) => Tensor,
  slope?: Tensor,
): Tensor[] {
  if (slope === undefined && elements(loss.shape) !== 1) {
    throw new TypeError(
      `Cannot differentiate "${loss.label}": a loss is one number: got ${formatShape(loss.shape)}`,
    );
  }
  const recorded = [...recorder.applications];
  const moved = dependents(recorded, by);
  const derivatives = new Map<Operand, Tensor>();
  derivatives.set(
    loss,
    slope ?? recorder.constant("1", loss.shape, "f32", Float32Array.of(1)),
  );
  for (const { op, label, inputs, outputs, attrs } of recorded.reverse()) {
    const [y, ...others] = outputs, dy = derivatives.get(y);
    if (dy === undefined || !moved.has(y)) continue;
    if (others.some((other) => derivatives.has(other))) {
      throw new TypeError(`Cannot differentiate ${label}: only its first result has a derivative`);
    }
    const wanted = presentInputs(inputs).filter(([, operand]) => moved.has(operand));
    const found = ruleOf(op, label)(recorder, {
      inputs,
      y: y as Tensor,
      dy,
      attrs,
      wants: (name) => wanted.some(([key]) => key === name),
    });
    for (const [operand, names] of Map.groupBy(wanted, ([, operand]) => operand)) {
      // One tensor may be several operands; a rule may speak of all of them in one.
      const parts = names.flatMap(([name]) => (found as Derived)[name] ?? []);
      if (parts.length === 0) {
        throw new TypeError(
          `Cannot differentiate ${label}: its rule says nothing of "${names[0]?.[0]}"`,
        );
      }
      for (const part of parts) {
        const known = derivatives.get(operand);
        const sum = typeof part === "function"
          ? part(known)
          : known
          ? add(recorder, known, part)
          : part;
        derivatives.set(operand, sum);
      }
    }
  }
  return by.map((tensor) => {
    const derivative = derivatives.get(tensor);
    if (derivative) return derivative;
    throw new TypeError(
      `Cannot differentiate "${loss.label}" by "${tensor.label}": the loss does not depend on it`,
    );
  });
}

type Derived = Readonly<Record<string, Derivative | undefined>>;

function ruleOf(op: AnyOp, label: string): NonNullable<AnyOp["gradient"]> {
  if (op.gradient) return op.gradient.bind(op);
  throw new TypeError(`Cannot differentiate ${label}: ${op.name} has no gradient`);
}

/**
 * These tensors and everything that was computed from them. Whole numbers have no derivative: what a
 * choice gives (the place of a least number) moves nothing.
 */
function dependents(recorded: readonly Application[], by: readonly AnyTensor[]): Set<Operand> {
  const moved = new Set<Operand>(by);
  for (const { inputs, outputs } of recorded) {
    if (presentInputs(inputs).some(([, operand]) => moved.has(operand))) {
      for (const output of outputs) if (output.dtype === "f32") moved.add(output);
    }
  }
  return moved;
}
