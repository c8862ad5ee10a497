import { presentInputs } from "./op.ts";
import type { AnyOp, Application, Derivative, Recorder } from "./recorder.ts";
import { elements, formatShape } from "./shape.ts";
import type { AnyTensor, Operand, Tensor } from "./tensor.ts";

/**
 * Records the gradient of a loss (one number) with respect to some tensors: walks backwards over
 * what was recorded and records gradients, only of what lies between those tensors and the loss.
 * Each operation brings its own rule.
 *
 * @param add How two gradients are added: the engine knows no operation itself.
 * @param upstream Upstream gradient of `loss`, which then may have any shape; 1 by default.
 */
export function differentiate(
  recorder: Recorder,
  loss: Tensor,
  by: readonly Tensor[],
  add: (recorder: Recorder, a: Tensor, b: Tensor) => Tensor,
  upstream?: Tensor,
): Tensor[] {
  if (upstream === undefined && elements(loss.shape) !== 1) {
    throw new TypeError(
      `Cannot differentiate "${loss.label}": a loss is one number: got ${formatShape(loss.shape)}`,
    );
  }
  const recorded = [...recorder.applications];
  const moved = dependents(recorded, by);
  const gradients = new Map<Operand, Tensor>();
  gradients.set(
    loss,
    upstream ?? recorder.constant("1", loss.shape, "f32", Float32Array.of(1)),
  );
  for (const { op, label, inputs, outputs, attrs } of recorded.reverse()) {
    const [y, ...others] = outputs, dy = gradients.get(y);
    if (dy === undefined || !moved.has(y)) continue;
    if (others.some((other) => gradients.has(other))) {
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
        const known = gradients.get(operand);
        const sum = typeof part === "function"
          ? part(known)
          : known
          ? add(recorder, known, part)
          : part;
        gradients.set(operand, sum);
      }
    }
  }
  return by.map((tensor) => {
    const gradient = gradients.get(tensor);
    if (gradient) return gradient;
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
 * These tensors and everything that was computed from them. Whole numbers have no gradient: nothing
 * goes through a choice, such as the index of a smallest number.
 */
function dependents(recorded: readonly Application[], by: readonly AnyTensor[]): Set<Operand> {
  const moved = new Set<Operand>(by);
  for (const { op, inputs, outputs } of recorded) {
    if (op.stopsGradients) continue;
    if (presentInputs(inputs).some(([, operand]) => moved.has(operand))) {
      for (const output of outputs) if (output.dtype === "f32") moved.add(output);
    }
  }
  return moved;
}
