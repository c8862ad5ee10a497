import { datasetKinds } from "../../data/datasets/mod.ts";
import { UsageError } from "../terminal/terminal.ts";

/** The names of the kinds of data, for help and errors. */
export const kindNames = datasetKinds.map(({ name }) => name).join(", ");

/** The labels that a training is given, and the kind of data that they are of. */
export function readLabels(positionals: readonly string[], dataset: string) {
  const [labels] = positionals;
  if (labels === undefined || positionals.length > 1) {
    throw new UsageError(`Cannot train on ${positionals.length} files of labels: name one`);
  }
  const kind = datasetKinds.find(({ name }) => name === dataset);
  if (kind) return { labels, kind };
  throw new UsageError(`Cannot train on "${dataset}": the kinds of data are ${kindNames}`);
}
