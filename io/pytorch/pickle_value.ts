/** A function that a pickle may call: what it stands for here, not what Python would run. */
export class PickledFunction {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;

  constructor(name: string, call: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** A class of which a pickle may have objects. Nothing of the class itself is known or run. */
export class PickledClass {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object: the class that it says it has, and its state, as a rule a map of attributes. */
export class PickledObject {
  readonly className: string;
  state: unknown = null;

  constructor(className: string) {
    this.className = className;
  }
}

/** What a pickle asks of the world around it. Both throw where it asks for something forbidden. */
export interface PickleWorld {
  /** What stands for a Python name such as `collections.OrderedDict`. */
  findGlobal(name: string): unknown;
  /** What stands for something kept outside of the pickle, such as a tensor's elements. */
  findPersistent(id: unknown): unknown;
}
