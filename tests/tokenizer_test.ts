import assert from "node:assert/strict";
import { join } from "node:path";
import { Rng } from "../engine/mod.ts";
import { FormatError } from "../io/files/format_error.ts";
import { cleanText, unescapeHtml } from "../model/tokenizer/clean_text.ts";
import { mergeLetters } from "../model/tokenizer/merge_letters.ts";
import { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { findVocabulary, readVocabulary } from "../model/tokenizer/read_vocabulary.ts";
import { mutateJson } from "./mutations.ts";
import {
  smallMerges,
  smallTokens,
  smallVocabularyFiles,
  smallVocabularySize as size,
} from "./small_vocabulary.ts";

const small = new Tokenizer({
  tokens: smallTokens,
  merges: smallMerges,
  start: size - 2,
  end: size - 1,
});
const id = (token: string) => smallTokens.indexOf(token);

/** Runs with a folder that holds these files. */
async function withFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, contents] of Object.entries(files)) {
      const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
      await Deno.writeFile(join(folder, name), bytes);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("words are merged, the earliest merge first", () => {
  assert.deepEqual(small.encode("hello"), [id("hello</w>")]);
  assert.deepEqual(small.encode("eyebrow raised"), [id("eyebrow</w>"), id("raised</w>")]);
  assert.deepEqual(small.encode("he"), [id("h"), id("e</w>")]);
  assert.deepEqual(small.encode("brow!"), [id("brow</w>"), id("!</w>")]);
});

Deno.test("digits stand alone, endings and underscores apart", () => {
  assert.deepEqual(small.encode("12"), [id("1</w>"), id("2</w>")]);
  assert.deepEqual(small.encode("brow_brow"), [id("brow</w>"), id("_</w>"), id("brow</w>")]);
  assert.deepEqual(small.encode("brow's"), [id("brow</w>"), id("'"), id("s</w>")]);
});

Deno.test("an ending may have the long s, which has no other lower case", () => {
  assert.equal(small.decode(small.encode("'ſa")), "'ſ a ");
});

Deno.test("the special tokens in a text are tokens", () => {
  assert.deepEqual(small.encode("<|startoftext|>hello<|ENDOFTEXT|>"), [
    size - 2,
    id("hello</w>"),
    size - 1,
  ]);
});

Deno.test("letters beyond ASCII become their bytes, and come back", () => {
  assert.equal(small.encode("é").length, 2);
  assert.equal(small.encode("🙂").length, 4);
  for (const text of ["hello", "é 🙂 日本", "a_b c1 don't"]) {
    const back = small.decode(small.encode(text));
    assert.equal(back.replaceAll(" ", ""), text.replaceAll(" ", ""));
  }
});

Deno.test("prompts have a start and an end, and a length that is kept", () => {
  assert.deepEqual(small.prompt(""), [size - 2, size - 1]);
  assert.deepEqual(small.prompt("hello"), [size - 2, id("hello</w>"), size - 1]);
  const long = "hello ".repeat(76);
  assert.throws(() => small.prompt(long), {
    name: "RangeError",
    message: /Cannot tokenize "hello hello .*…": it has 76 tokens: 75 is the most/,
  });
  const cut = small.prompt(long, { truncate: true });
  assert.equal(cut.length, 77);
  assert.deepEqual([cut[0], cut[75], cut[76]], [size - 2, id("hello</w>"), size - 1]);
  assert.equal(small.prompt("hello ".repeat(75)).length, 77);
  assert.equal(small.prompt("a b c", { contextLength: 4, truncate: true }).length, 4);
});

/** Byte-pair encoding as it is usually written: look for the best pair, merge all of it, again. */
function plainMerge(letters: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  let symbols = [...letters];
  while (true) {
    let best = Infinity;
    for (let i = 0; i + 1 < symbols.length; i++) {
      best = Math.min(best, ranks.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Infinity);
    }
    if (best === Infinity) return symbols;
    const next: string[] = [];
    for (let i = 0; i < symbols.length; i++) {
      const pair = `${symbols[i]} ${symbols[i + 1]}`;
      if (i + 1 < symbols.length && ranks.get(pair) === best) {
        next.push(`${symbols[i]}${symbols[++i]}`);
      } else next.push(symbols[i] as string);
    }
    symbols = next;
  }
}

Deno.test("merging through a heap is the plain way's result, also for merges in any order", () => {
  const rng = new Rng(3);
  for (let round = 0; round < 2000; round++) {
    // Merges as no training would order them: a pair may come before its own parts.
    const made = ["a", "b", "c"], ranks = new Map<string, number>();
    for (let i = rng.integer(1, 12); i > 0; i--) {
      const [left, right] = [0, 0].map(() => made[rng.integer(0, made.length - 1)] as string);
      if (!ranks.has(`${left} ${right}`)) {
        ranks.set(`${left} ${right}`, rng.integer(0, 5) * 100 + i);
      }
      made.push(`${left}${right}`);
    }
    const word = Array.from({ length: rng.integer(1, 24) }, () => rng.pick(["a", "b", "c"]));
    const got = mergeLetters(word, (left, right) => ranks.get(`${left} ${right}`));
    assert.deepEqual(
      got,
      plainMerge(word, ranks),
      `${word.join("")} ${JSON.stringify([...ranks])}`,
    );
  }
});

Deno.test("a word of 200,000 letters is no trouble", () => {
  const ids = small.encode("eyebrow".repeat(30_000));
  assert.equal(ids.at(-1), id("eyebrow</w>"));
});

/** Texts, and what CLIP makes of them before it looks for words. */
const cleaned: readonly (readonly [string, string, string])[] = [
  ["case and space", "  Hello\t\r\n\u00A0 World\u3000", "hello world"],
  ["curly quotes", "“It’s” ‘so’ ‛n‟", "\"it's\" 'so' 'n\""],
  ["ligatures", "ﬁne ﬂow ﬃ ĳ Ǆ", "fine flow ffi ij dž"],
  ["wide and narrow forms", "ＡＢＣ！ ｶﾞ", "abc! ガ"],
  ["composition", "e\u0301", "é"],
  ["controls and marks", "a\u0000b\u007fc\uFEFFd\u206Ae\uFFF9", "abcde"],
  ["colours of a terminal", "\x1b[1;31mred\x1b[0m\x1b[٣m", "red"],
  ["Windows-1252 controls", "caf\x80 \x93q\x94", 'caf€ "q"'],
  ["line breaks", "a\u2028b\u0085c\rd", "a b…c d".replace("…", "\u2026")],
  ["lone surrogates", "a\uD800b", "a\uFFFDb"],
  ["references", "Tom &amp; &lt;b&gt; &#65;&#x42;", "tom & <b> ab"],
  ["references in references", "&amp;lt; &amp;amp;amp;", "< &"],
  ["references in references beside a tag", "<b> &amp;lt; &amp;amp;amp;", "<b> < &amp;"],
  ["references without an end", "&copy2024 &ampx &notit;", "©2024 &x ¬it;"],
  ["references to quotes", "&ldquo;a&rdquo; &#8216;b", '"a" \'b'],
  ["references beside a tag", "<i>&ldquo;a", "<i>“a"],
  ["references before a tag's line, and after", "&ldquo;\n<i>\n&ldquo;", '" <i> “'],
  ["references in references to quotes", "&amp;rsquo; &amp;amp;ldquo;", "' \""],
  ["references in capitals", "P&EACUTE;REZ &SZLIG; &FRAC12; &nTILDE;", "pérez ss ½ &ntilde;"],
  ["capitals beside a tag", "<i> &EACUTE;", "<i> &eacute;"],
  ["references that are whole, and others, to quotes", "&#8217;x &#8217x;", "'x ’x;"],
  ["references to semicolons", "&amp&semi;lt&#59; &notin; &notina;", "<; ∉ ¬ina;"],
  ["forbidden numbers", "a&#0;b&#1;c&#xD800;d&#128;e&#x110000;f", "a\uFFFDbc\uFFFDd€e\uFFFDf"],
  ["what is no reference", "a & b &; &#; &nosuch;", "a & b &; &#; &nosuch;"],
  ["lower case by Unicode", "ÀÉ ΣΑΣ İ", "àé σας i̇"],
];

for (const [what, text, wanted] of cleaned) {
  Deno.test(`text is cleaned: ${what}`, () => assert.equal(cleanText(text), wanted));
}

Deno.test("short names of characters are those of Python's html.unescape", async () => {
  // The checksum is Python's, of the same text.
  const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const pairs = letters.flatMap((a) => letters.map((b) => a + b));
  const names = [...pairs, ...pairs.flatMap((pair) => letters.map((c) => pair + c))];
  const text = names.map((name) => `&${name}; &${name} `).join("");
  const bytes = new TextEncoder().encode(unescapeHtml(text));
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assert.equal(sum, "d271600f237660bc955380f77a86198784c198c971102f8cdf2843e8df90d86e");
});

Deno.test("all kinds of vocabulary file say the same", async () => {
  const gzip = new Blob([smallVocabularyFiles["bpe_simple_vocab_16e6.txt"]]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(gzip).arrayBuffer());
  const json = JSON.parse(smallVocabularyFiles["tokenizer.json"]);
  json.model.merges = smallMerges; // pairs, as newer versions write them
  const files = {
    ...smallVocabularyFiles,
    "bpe_simple_vocab_16e6.txt.gz": packed,
    "pairs.json": JSON.stringify(json),
  };
  await withFiles(files, async (folder) => {
    const wanted = { tokens: smallTokens, merges: smallMerges, start: size - 2, end: size - 1 };
    for (const name of Object.keys(files).filter((file) => file !== "merges.txt")) {
      assert.deepEqual(await readVocabulary(join(folder, name), { size }), wanted, name);
    }
    assert.deepEqual(await readVocabulary(folder, { size }), wanted);
    assert.equal(await findVocabulary(folder), join(folder, "tokenizer.json"));
    await Deno.remove(join(folder, "tokenizer.json"));
    assert.equal(await findVocabulary(folder), join(folder, "vocab.json"));
    await Deno.remove(join(folder, "vocab.json"));
    assert.equal(await findVocabulary(folder), join(folder, "bpe_simple_vocab_16e6.txt.gz"));
    await Deno.remove(join(folder, "bpe_simple_vocab_16e6.txt.gz"));
    assert.equal(await findVocabulary(folder), undefined);
  });
});

const json = smallVocabularyFiles["tokenizer.json"];
const refused: readonly (readonly [string, string, string | Uint8Array, RegExp, number?])[] = [
  ["text for JSON", "tokenizer.json", "hello", /it is not JSON/],
  ["a lone number", "tokenizer.json", "7", /it is not a JSON object/],
  ["another kind of model", "tokenizer.json", '{"model":{"type":"Unigram"}}', /it is a Unigram/],
  ["no merges", "tokenizer.json", '{"model":{"type":"BPE","vocab":{}}}', /without merges/],
  ["half of a gzip", "b.txt.gz", Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2), /it cannot be unpacked/],
  ["too few merges", "b.txt", smallVocabularyFiles["bpe_simple_vocab_16e6.txt"], /takes 985/, 1499],
  ["fewer tokens than bytes", "b.txt", "x", /a vocabulary of 100 tokens/, 100],
  ["too many tokens", "tokenizer.json", json, /the checkpoint has 520/, 520],
  ["too few tokens", "tokenizer.json", json, /got 529 tokens: the checkpoint has 600/, 600],
  ["no gzip", "b.txt.gz", "<html>", /it is not packed by gzip/],
  ["no merges beside it", "vocab.json", "{}", /no merges\.txt beside/],
  ["a negative id", "tokenizer.json", json.replace(/"!":0/, '"!":-1'), /has the id -1/],
  [
    "a merge of three",
    "tokenizer.json",
    json.replace('"h e"', '"h e l"'),
    /got h e l as a merge: wanted two symbols/,
  ],
  ["an id twice", "tokenizer.json", json.replace(/"!":0/, '"!":1'), /has the id 1/],
  [
    "a merge into nothing",
    "tokenizer.json",
    json.replace('"h e"', '"h q"'),
    /it has no token "hq"/,
  ],
  ["no end", "tokenizer.json", json.replaceAll("endoftext", "fin"), /it lacks <\|endoftext\|>/],
];
for (const [what, name, contents, says, tokens] of refused) {
  Deno.test(`a vocabulary is refused: ${what}`, async () => {
    await withFiles({ [name]: contents }, async (folder) => {
      const options = tokens === undefined ? {} : { size: tokens };
      await assert.rejects(readVocabulary(join(folder, name), options), (error: Error) => {
        assert.ok(error instanceof FormatError, `${error}`);
        assert.match(error.message, says);
        assert.match(error.message, /^Cannot read the vocabulary "/);
        return true;
      });
    });
  });
}

Deno.test("a folder without a vocabulary is refused", async () => {
  await withFiles({}, async (folder) => {
    await assert.rejects(readVocabulary(folder), /it is a folder without one of tokenizer\.json, /);
  });
});

Deno.test("a damaged tokenizer.json is read or refused, and fails in no other way", async () => {
  const rng = new Rng(5), whole: unknown = JSON.parse(smallVocabularyFiles["tokenizer.json"]);
  await withFiles({}, async (folder) => {
    const path = join(folder, "tokenizer.json");
    let refusals = 0;
    for (let round = 0; round < 300; round++) {
      const text = JSON.stringify(mutateJson(rng, whole)) ?? "";
      await Deno.writeTextFile(path, text);
      try {
        const { tokens, merges, end } = await readVocabulary(path);
        assert(tokens.every((token) => typeof token === "string") && end === tokens.length - 1);
        assert(merges.every((merge) => merge.length === 2));
      } catch (error) {
        assert(error instanceof FormatError, `${error}: ${text.slice(0, 200)}`);
        refusals++;
      }
    }
    assert(refusals > 100, `${refusals}`);
  });
});
