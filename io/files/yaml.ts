import {
  type Event,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";

/** A text, number, truth value or nothing: which of them is for the reader to say. */
export interface YamlText {
  readonly kind: "text";
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Whether it stands there without quotes, so that `12`, `yes` and `null` are no texts. */
  readonly plain: boolean;
  /** A type that is written before it, such as `!!float`. */
  readonly tag: string | undefined;
}

/** A list. */
export interface YamlList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly YamlNode[];
}

/** Names with values, in the order of the file. */
export interface YamlMap {
  readonly kind: "map";
  readonly line: number;
  readonly entries: readonly (readonly [key: YamlText, value: YamlNode])[];
}

/** A part of a YAML file, with the line that it begins on. */
export type YamlNode = YamlText | YamlList | YamlMap;

/** Why a text is no YAML that is read here. */
export interface YamlFault {
  readonly line: number;
  readonly why: string;
}

/**
 * Reads a YAML document, of which JSON is one, with the lines of its parts. References (`*name`) are refused: the
 * files that are read here have none, and a few of them can stand for gigabytes.
 */
export function parseYaml(text: string): YamlNode | YamlFault {
  const source = text.replace(/^\uFEFF/, "");
  let events: Event[];
  try {
    events = parseEvents(source, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // What does not end is noticed behind the last line.
    const last = source.trimEnd().split("\n").length;
    return { line: Math.min((error.mark?.line ?? 0) + 1, last), why: error.reason };
  }
  if (events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length > 1) {
    return { line: 1, why: "it holds several documents: wanted one" };
  }
  return assemble(source, events);
}

/** Whether a text could not be read. */
export const isYamlFault = (read: YamlNode | YamlFault): read is YamlFault => "why" in read;

/** A list or map whose parts are still to come. */
interface Open {
  readonly kind: "list" | "map";
  readonly line: number;
  readonly parts: YamlNode[];
}

function assemble(source: string, events: readonly Event[]): YamlNode | YamlFault {
  const lineOf = lineCounter(source), open: Open[] = [];
  let root: YamlNode | undefined, line = 1;
  const put = (node: YamlNode) => {
    const into = open.at(-1);
    if (into) into.parts.push(node);
    else root = node;
  };
  for (const event of events) {
    if (event.type === EVENT_ID.ALIAS) {
      line = lineOf(event.anchorStart);
      return { line, why: "references (*name) are not read" };
    }
    if (event.type === EVENT_ID.SCALAR) {
      if (event.valueStart >= 0) line = lineOf(event.valueStart);
      put({
        kind: "text",
        line,
        text: event.valueStart < 0 ? "" : getScalarValue(source, event),
        plain: event.style === SCALAR_STYLE.PLAIN,
        tag: event.tagStart < 0 ? undefined : source.slice(event.tagStart, event.tagEnd),
      });
    } else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
      if (event.start >= 0) line = lineOf(event.start);
      open.push({ kind: event.type === EVENT_ID.SEQUENCE ? "list" : "map", line, parts: [] });
    } else if (event.type === EVENT_ID.POP && open.length > 0) {
      const closed = close(open.pop() as Open);
      if (isYamlFault(closed)) return closed;
      put(closed);
    }
  }
  return root ?? { line: 1, why: "it is empty" };
}

function close({ kind, line, parts }: Open): YamlNode | YamlFault {
  if (kind === "list") return { kind, line, items: parts };
  const entries: [YamlText, YamlNode][] = [], known = new Set<string>();
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [key, value] = [parts[i], parts[i + 1]] as [YamlNode, YamlNode];
    if (key.kind !== "text") return { line: key.line, why: `a ${key.kind} can't be a name` };
    if (known.has(key.text)) {
      return { line: key.line, why: `"${key.text.slice(0, 100)}" is there twice` };
    }
    known.add(key.text);
    entries.push([key, value]);
  }
  return { kind, line, entries };
}

/** Tells the lines of places that come in the order of the text, but for few. */
function lineCounter(source: string): (at: number) => number {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  let line = 1;
  return (at) => {
    while (line > 1 && (starts[line - 1] as number) > at) line--;
    while (line < starts.length && (starts[line] as number) <= at) line++;
    return line;
  };
}

/** The value of a map's name; undefined if it has none. */
export function yamlEntry(node: YamlNode, name: string): YamlNode | undefined {
  if (node.kind !== "map") return undefined;
  return node.entries.find(([{ text }]) => text === name)?.[1];
}

/** Whether a part stands for nothing: `null`, `~`, or an empty place. */
export function isYamlNull(node: YamlNode): boolean {
  if (node.kind !== "text") return false;
  if (node.tag !== undefined) return node.tag === "!!null";
  return node.plain && /^(null|Null|NULL|~|)$/.test(node.text);
}

/** A finite number that a part stands for; undefined if it is none. */
export function yamlNumber(node: YamlNode): number | undefined {
  if (node.kind !== "text") return undefined;
  const typed = node.tag === "!!float" || node.tag === "!!int";
  if (!typed && (node.tag !== undefined || !node.plain)) return undefined;
  const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(node.text) ? Number(node.text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}
