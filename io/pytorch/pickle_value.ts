/** A function that a pickle may call: our stand-in, not what Python would run. */
export class PickledFunction {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;

  constructor(name: string, call: (args: readonly unknown[]) => unknown) {
    this.name = name;
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
