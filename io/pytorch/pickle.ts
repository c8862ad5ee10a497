import { type Refuse, shown } from "../files/format_error.ts";
import { PickleBytes } from "./pickle_bytes.ts";

/** A function that a pickle may call: our stand-in, not what Python would run. */
export class PickledFunction {
  readonly call: (args: readonly unknown[]) => unknown;

  constructor(call: (args: readonly unknown[]) => unknown) {
    this.call = call;
  }
}

/** A class that a pickle may have objects of. No code of the class is known or run. */
export class PickledClass {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object: its class and its state, usually a map of attributes. */
export class PickledObject {
  readonly className: string;
  state: unknown = null;

  constructor(className: string) {
    this.className = className;
  }
}

/** What a pickle may refer to outside itself. Both throw for anything that is not allowed. */
export interface PickleWorld {
  /** Our stand-in for a Python name such as `collections.OrderedDict`. */
  findGlobal(name: string): unknown;
  /** Our stand-in for data outside the pickle, such as a tensor's elements. */
  findPersistent(id: unknown): unknown;
}

/**
 * Reads a pickle with the opcodes that PyTorch writes (protocols 2 to 5). Lists and tuples become arrays,
 * dicts become maps, and names are looked up in `world`. No code is run.
 *
 * Every opcode takes at least one byte and pushes at most one value, so time and memory grow only with
 * the length of a damaged pickle. Values may contain each other.
 */
export function unpickle(
  bytes: Uint8Array<ArrayBuffer>,
  world: PickleWorld,
  refuse: Refuse,
): unknown {
  return new PickleMachine(bytes, world, refuse).run();
}

class PickleMachine {
  readonly #bytes: PickleBytes;
  readonly #world: PickleWorld;
  readonly #refuse: Refuse;
  readonly #stack: unknown[] = [];
  /** The stack height at each MARK that has not been used yet. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array<ArrayBuffer>, world: PickleWorld, refuse: Refuse) {
    this.#bytes = new PickleBytes(bytes, refuse);
    this.#world = world;
    this.#refuse = refuse;
  }

  run(): unknown {
    for (;;) {
      const opcode = this.#bytes.u8();
      if (opcode === 0x2e /* STOP */) break;
      this.#step(opcode);
    }
    const value = this.#pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) throw this.#damaged("it stops too early");
    return value;
  }

  #step(opcode: number): void {
    const bytes = this.#bytes;
    switch (opcode) {
      case 0x80: /* PROTO */
        return this.#checkProtocol(bytes.u8());
      case 0x95: /* FRAME */
        return void bytes.u64();

      case 0x4e: /* NONE */
        return this.#push(null);
      case 0x88: /* NEWTRUE */
        return this.#push(true);
      case 0x89: /* NEWFALSE */
        return this.#push(false);
      case 0x4b: /* BININT1 */
        return this.#push(bytes.u8());
      case 0x4d: /* BININT2 */
        return this.#push(bytes.u16());
      case 0x4a: /* BININT */
        return this.#push(bytes.i32());
      case 0x8a: /* LONG1 */
        return this.#push(bytes.integer(bytes.u8()));
      case 0x47: /* BINFLOAT */
        return this.#push(bytes.f64());
      case 0x8c: /* SHORT_BINUNICODE */
        return this.#push(bytes.text(bytes.u8()));
      case 0x58: /* BINUNICODE */
        return this.#push(bytes.text(bytes.u32()));
      case 0x8d: /* BINUNICODE8 */
        return this.#push(bytes.text(bytes.u64()));

      case 0x28: /* MARK */
        return void this.#marks.push(this.#stack.length);
      case 0x29: /* EMPTY_TUPLE */
      case 0x5d: /* EMPTY_LIST */
        return this.#push([]);
      case 0x7d: /* EMPTY_DICT */
        return this.#push(new Map());
      case 0x85: /* TUPLE1 */
      case 0x86: /* TUPLE2 */
      case 0x87: /* TUPLE3 */
        return this.#push(this.#popSome(opcode - 0x84));
      case 0x74: /* TUPLE */
        return this.#push(this.#popMarked());
      case 0x61: /* APPEND */
        return this.#append(this.#popSome(1));
      case 0x65: /* APPENDS */
        return this.#append(this.#popMarked());
      case 0x73: /* SETITEM */
        return this.#setItems(this.#popSome(2));
      case 0x75: /* SETITEMS */
        return this.#setItems(this.#popMarked());

      case 0x71: /* BINPUT */
        return this.#put(bytes.u8());
      case 0x72: /* LONG_BINPUT */
        return this.#put(bytes.u32());
      case 0x94: /* MEMOIZE */
        return this.#put(this.#memo.size);
      case 0x68: /* BINGET */
        return this.#get(bytes.u8());
      case 0x6a: /* LONG_BINGET */
        return this.#get(bytes.u32());

      case 0x63: /* GLOBAL */
        return this.#push(this.#world.findGlobal(`${bytes.line()}.${bytes.line()}`));
      case 0x93: /* STACK_GLOBAL */
        return this.#stackGlobal();
      case 0x51: /* BINPERSID */
        return this.#push(this.#world.findPersistent(this.#pop()));
      case 0x52: /* REDUCE */
        return this.#reduce();
      case 0x81: /* NEWOBJ */
        return this.#newObject();
      case 0x62: /* BUILD */
        return this.#build();
      default:
        throw this.#refuse(
          `its pickle has the opcode 0x${opcode.toString(16).padStart(2, "0")}, ` +
            `which a checkpoint has no need of: refused`,
        );
    }
  }

  #damaged(why: string): Error {
    return this.#refuse(`its pickle is damaged: ${why}`);
  }

  #push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Values below the last MARK can't be popped before the MARK is used. */
  #popSome(count: number): unknown[] {
    const start = this.#stack.length - count;
    if (start < (this.#marks.at(-1) ?? 0)) throw this.#damaged("it takes what is not there");
    return this.#stack.splice(start);
  }

  #pop(): unknown {
    return this.#popSome(1)[0];
  }

  #popMarked(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#damaged("it takes what is not there");
    return this.#stack.splice(mark);
  }

  /** The value on top, which stays there. */
  #top(): unknown {
    const [top] = this.#popSome(1);
    this.#push(top);
    return top;
  }

  #checkProtocol(protocol: number): void {
    if (protocol >= 2 && protocol <= 5) return;
    throw this.#refuse(`its pickle has protocol ${protocol}: wanted 2 to 5`);
  }

  #append(items: readonly unknown[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#damaged("it appends to what is no list");
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly unknown[]): void {
    const map = this.#top();
    if (!(map instanceof Map)) throw this.#damaged("it sets an item of what is no dict");
    if (items.length % 2 !== 0) throw this.#damaged("a key has no value");
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (!["string", "number", "bigint", "boolean"].includes(typeof key)) {
        throw this.#refuse("a key of a dict is neither text nor a number: refused");
      }
      map.set(key, items[i + 1]);
    }
  }

  #put(index: number): void {
    this.#memo.set(index, this.#top());
  }

  #get(index: number): void {
    if (!this.#memo.has(index)) throw this.#damaged("it takes what is not there");
    this.#push(this.#memo.get(index));
  }

  #stackGlobal(): void {
    const [module, name] = this.#popSome(2);
    if (typeof module !== "string" || typeof name !== "string") {
      throw this.#damaged("the name of something it asks for is not text");
    }
    this.#push(this.#world.findGlobal(`${module}.${name}`));
  }

  #reduce(): void {
    const [made, args] = this.#popSome(2);
    if (!(made instanceof PickledFunction) || !Array.isArray(args)) {
      throw this.#damaged("it calls what is no function");
    }
    this.#push(made.call(args));
  }

  #newObject(): void {
    const [made, args] = this.#popSome(2);
    if (!(made instanceof PickledClass) || !Array.isArray(args) || args.length > 0) {
      throw this.#damaged("it makes an object of what is no class");
    }
    this.#push(new PickledObject(made.name));
  }

  #build(): void {
    const state = this.#pop(), target = this.#top();
    if (target instanceof PickledObject) target.state = state;
    // Attributes of an OrderedDict, such as a state dict's _metadata, are not among its items.
    else if (target instanceof Map) return;
    else throw this.#damaged(`it sets the state of a ${shown(target)}`);
  }
}
