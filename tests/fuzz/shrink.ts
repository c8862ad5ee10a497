import type { Event, Program, Session } from "./program.ts";

/** Attempts at most: each opens plans. */
const most = 400;

/** Makes a session that fails smaller, as long as it `fails` in the same way. */
export async function shrink(
  session: Session,
  fails: (candidate: Session) => Promise<boolean>,
): Promise<Session> {
  let smallest = session, attempts = 0;
  for (let found = true; found;) {
    found = false;
    for (const candidate of smaller(smallest)) {
      if (++attempts > most) return smallest;
      if (await fails(candidate)) {
        smallest = candidate;
        found = true;
        break;
      }
    }
  }
  return smallest;
}

/** Sessions a bit smaller than one, the most promising first. */
function* smaller(session: Session): Generator<Session> {
  const { programs, events } = session;
  const used = [...new Set(events.map(({ program }) => program))];
  for (const program of used) {
    yield { ...session, events: events.filter((event) => event.program !== program) };
  }
  for (let i = events.length - 1; i >= 0; i--) {
    if ((events[i] as Event).kind !== "open") {
      yield { ...session, events: events.filter((_, at) => at !== i) };
    }
  }
  for (const at of used) {
    for (const program of smallerPrograms(programs[at] as Program)) {
      yield { ...session, programs: programs.map((one, i) => i === at ? program : one) };
    }
  }
}

function* smallerPrograms(program: Program): Generator<Program> {
  const { inputs, lines, outputs, gradient, assigned } = program;
  if (gradient) yield tidy({ ...program, gradient: undefined });
  for (const one of assigned) {
    yield tidy({ ...program, assigned: assigned.filter((other) => other !== one) });
  }
  if (outputs.length > 1) {
    for (const one of outputs) {
      yield tidy({ ...program, outputs: outputs.filter((other) => other !== one) });
    }
  }
  for (const one of gradient && gradient.by.length > 1 ? gradient.by : []) {
    const by = gradient?.by.filter((other) => other !== one) ?? [];
    yield tidy({ ...program, gradient: gradient && { ...gradient, by } });
  }
  // Without the last line: what it took is the result instead.
  for (const last of lines.slice(-1)) {
    for (const operand of last.operands.filter((name) => lines.some((l) => l.name === name))) {
      const replace = (name: string) => name === last.name ? operand : name;
      yield tidy({
        ...program,
        lines: lines.slice(0, -1),
        outputs: [...new Set(outputs.map(replace))],
        gradient: gradient && { ...gradient, of: replace(gradient.of) },
        assigned: assigned.filter(([, value]) => value !== last.name),
      });
    }
  }
  // A line skipped: what takes it takes its first operand.
  for (const line of lines.slice(0, -1)) {
    const [operand = ""] = line.operands;
    const replace = (name: string) => name === line.name ? operand : name;
    yield tidy({
      ...program,
      lines: lines.filter((other) => other !== line)
        .map((other) => ({ ...other, operands: other.operands.map(replace) })),
      outputs: outputs.filter((name) => name !== line.name),
    });
  }
  const sizes = new Set(inputs.flatMap(({ shape }) => shape).filter((size) => size > 1));
  for (const size of [...sizes].sort((a, b) => b - a)) {
    for (const less of new Set([1, 2, Math.ceil(size / 2), size - 1])) {
      if (less < size) yield resize(program, size, less);
    }
  }
}

/** One size of axes, in all places, made another. */
function resize(program: Program, from: number, to: number): Program {
  const change = (size: number) => size === from ? to : size;
  return {
    ...program,
    inputs: program.inputs.map((input) => ({
      ...input,
      shape: input.shape.map(change),
      contents: input.contents.kind === "index"
        ? { ...input.contents, bound: Math.min(change(input.contents.bound), to) }
        : input.contents,
    })),
    lines: program.lines.map((line) => ({
      ...line,
      attrs: Object.fromEntries(
        Object.entries(line.attrs).map(([key, value]) => [
          key,
          Array.isArray(value) ? value.map(change) : value,
        ]),
      ),
    })),
  };
}

/** Without what nothing needs. */
function tidy(program: Program): Program {
  const needed = new Set([
    ...program.outputs,
    ...(program.gradient ? [program.gradient.of, ...program.gradient.by] : []),
    ...program.assigned.flat(),
  ]);
  const lines = program.lines.toReversed().filter(({ name, operands }) => {
    if (needed.has(name)) { for (const operand of operands) needed.add(operand); }
    return needed.has(name);
  }).reverse();
  return { ...program, lines, inputs: program.inputs.filter(({ name }) => needed.has(name)) };
}
