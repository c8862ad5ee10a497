import { average } from "../../numbers/vectors.ts";
import { pairedDifference } from "../personal/table.ts";

/** What there is to tell. */
export interface DsfdaResults {
  /** Mean recall of the classes in percent, by method, one number a person; the first is compared with. */
  readonly recalls: Readonly<Record<string, readonly number[]>>;
  /** What CLIP tells of generated faces, one number a person. */
  readonly figures: Readonly<Record<string, readonly number[]>>;
  readonly minutes: number;
}

/** Markdown: recalls with intervals over people, and what CLIP tells of the pictures. */
export function resultsTable({ recalls, figures, minutes }: DsfdaResults): string {
  const [first = []] = Object.values(recalls);
  const told = Object.values(figures)[0]?.length ?? 0;
  const row = (name: string, numbers: readonly number[], digits: number) => {
    const { low, high } = pairedDifference(numbers, numbers.map(() => 0));
    return `| ${name} | ${average(numbers).toFixed(digits)} (${low.toFixed(digits)} to ${
      high.toFixed(digits)
    })`;
  };
  return [
    "| method | recall, mean of classes | beside source-only |",
    "| --- | --- | --- |",
    ...Object.entries(recalls).map(([name, numbers]) => {
      const { mean, low, high } = pairedDifference(numbers, first);
      const gain = numbers === first
        ? ""
        : `${mean.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
      return `${row(name, numbers, 1)} | ${gain} |`;
    }),
    "",
    "| generated faces | mean over people | people above 0 |",
    "| --- | --- | --- |",
    ...Object.entries(figures).map(([name, numbers]) =>
      `${row(name, numbers, 3)} | ${numbers.filter((x) => x > 0).length} of ${numbers.length} |`
    ),
    "",
    `Intervals are of 95 %, by bootstrap over people: ${first.length} who were decided on, and ${told} ` +
    `whose faces were generated. All took ${minutes.toFixed(1)} minutes.`,
    "",
  ].join("\n");
}
