/** A file of a model, with its known size and checksums. */
export interface ModelFile {
  readonly name: string;
  readonly size?: number;
  readonly sha256?: string;
  /** Its address, if it does not come from the hub. */
  readonly url?: string;
}

/** A model pinned to exact bytes. */
export interface PinnedModel {
  readonly name: string;
  /** Absent if every file has its own URL. */
  readonly hub?: { readonly repo: string; readonly commit: string };
  readonly files: readonly ModelFile[];
}

/** Files as lines of name, sha256 and size; the latter two may be left out. */
function filesOf(lines: string): ModelFile[] {
  return lines.trim().split("\n").map((line) => {
    const [name = "", sha256, size] = line.trim().split(" ");
    return { name, ...(sha256 && { sha256 }), ...(size && { size: Number(size) }) };
  });
}

// B/16 and L/14 have the same tokenizer, byte by byte; B/32 has the same words in another file.
const shared =
  `preprocessor_config.json 910e70b3956ac9879ebc90b22fb3bc8a75b6a0677814500101a4c072bd7857bd 316
vocab.json 3f0c4f7d2086b61b38487075278ea9ed04edb53a03cbb045b86c27190fa8fb69 961143
merges.txt 9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a 524619
tokenizer.json a83e0809aa4c3af7208b2df632a7a69668c6d48775b3c3fe4e1b1199d1f8b8f4 2224003`;

/** OpenAI's checkpoints, whose URLs have the checksum in them: `vit-l-14.pt` and so on. */
const openAi = filesOf(`
  ViT-B-32.pt 40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af 353976522
  ViT-B-16.pt 5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f 350837078
  ViT-L-14.pt b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836 932768134
  ViT-L-14-336px.pt 3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02 934088680
`).map((file): PinnedModel => ({
  name: file.name.toLowerCase().replace("px", ""),
  files: [
    {
      ...file,
      url: `https://openaipublic.azureedge.net/clip/models/${file.sha256}/${file.name}`,
    },
    {
      name: "bpe_simple_vocab_16e6.txt.gz",
      sha256: "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a",
      size: 1356917,
      url:
        "https://raw.githubusercontent.com/openai/CLIP/d05afc436d78f1c48dc0dbf8e5980a9d471f35f6/clip/bpe_simple_vocab_16e6.txt.gz",
    },
  ],
}));

/**
 * The pinned models. Only L/14 has safetensors at its commit. Files without a checksum here are verified
 * by the hub's ETag at that commit: the sha256 of a large file, git's sha1 of a small one. The vocabulary
 * of L/14-336 is such a file.
 */
export const pinnedModels: readonly PinnedModel[] = [
  {
    name: "vit-b-32",
    hub: {
      repo: "openai/clip-vit-base-patch32",
      commit: "3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268",
    },
    files: filesOf(`
      config.json b575ef3c36f2a057fa19e221650105052d61cc9c1a972ec15019c6261ec98770 4186
      preprocessor_config.json 910e70b3956ac9879ebc90b22fb3bc8a75b6a0677814500101a4c072bd7857bd 316
      vocab.json 5047b556ce86ccaf6aa22b3ffccfc52d391ea4accdab9c2f2407da5b742d4363 862328
      merges.txt f526393189112391ce6f9795d4695f704121ce452c3aad1f5335cc41337eba85 524657
      tokenizer.json b556ac8c99757ffb677208af34bc8c6721572114111a6e0aaf5fa69ff0b8d842 2224041
      pytorch_model.bin a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f 605247071
    `),
  },
  {
    name: "vit-b-16",
    hub: {
      repo: "openai/clip-vit-base-patch16",
      commit: "57c216476eefef5ab752ec549e440a49ae4ae5f3",
    },
    files: filesOf(`
      config.json eaf1c9089a8553c913d27ea66407f8bfc2be9989c80c9f331ddb3d63d4c5e8ad
      ${shared}
      pytorch_model.bin ec89c7b09c749a60aae3c9cd910516f24b58214a7df060b48962d14c469cfbf0 598641023
    `),
  },
  {
    name: "vit-l-14",
    hub: {
      repo: "openai/clip-vit-large-patch14",
      commit: "32bd64288804d66eefd0ccbe215aa642df71cc41",
    },
    files: filesOf(`
      config.json 8a09b467700c58138c29d53c605b34ebc69beaadd13274a8a2af8ad2c2f4032a 4519
      ${shared}
      model.safetensors a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb 1710540580
    `),
  },
  {
    name: "vit-l-14-336",
    hub: {
      repo: "openai/clip-vit-large-patch14-336",
      commit: "ce19dc912ca5cd21c8a653c79e251e808ccabcd1",
    },
    files: filesOf(`
      config.json 51b1c14aabcdf639c4a0370eeda1010b773bbe1df78319c7d0f5882c22ac0ac0 4757
      preprocessor_config.json d253881f65322dc546df59cf925a408e5538b8ecb5a1b496cdd36af9992686d4 316
      vocab.json
      merges.txt
      tokenizer.json
      pytorch_model.bin c6032c2e0caae3dc2d4fba35535fa6307dbb49df59c7e182b1bc4b3329b81801 1711974081
    `),
  },
  ...openAi,
];
