// Turns the fetched bot lists into generated/redirect/bot_lists.cpp: one row per pattern, preview
// fetchers first, because the first row that hits decides. redirect/bot_lists.hpp explains a row.
//
//   node generate.mjs FOLDER OUT      FOLDER holds the node_modules of fetch_packages.sh
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Patterns that hit people, and what stands in their place (null: nothing).
const corrections = new Map([
  ["AP3A\\.240617\\.008", null], // a build number of Android 15: Instagram's browser has it
  ["MetaIAB Facebook", null], // Facebook's in-app browser
  ["Viber", "^Viber$"], // the app's own browser ends in Viber/20.1
  ["WhatsApp", "^WhatsApp"],
  ["Amzn-User", "compatible; Amzn-User;"],
  ["Bluesky\\/", "^Bluesky\\/"],
  ["Goodreads", "compatible; Goodreads;"],
  ["NING\\/", "^NING\\/"], // Lightning/ in capitals
  ["Notion\\/", "^Notion\\/"], // Notion's desktop program is a browser
  ["Synapse", "^Synapse"],
  ["Tumblr\\/", "^Tumblr\\/"],
  ["(?<! cu)bots?(?:\\b|_)", "(?<!\\bcu)bots?(?:\\b|_)"], // Cubot makes phones
]);

// RE2 has no look-around. Fragment → literal and the check that C++ makes where it stands.
const lookArounds = new Map([
  ["(?<!lib)http", ["http", "not_after_lib"]],
  ["(?<!\\bcu)bots?(?:\\b|_)", ["bot", "word_bot"]],
  ["(?<!cam)scan", ["scan", "not_after_cam"]],
  ["(?<! channel/|google/)google(?!(?:wv|app|/google| pixel))", ["google", "bare_google"]],
  ["(?:^|[^g])news(?!sapphire)", ["news", "news"]],
  ["java(?!;)", ["java", "not_before_semicolon"]],
]);

const version = (require, name) => {
  const file = path.join(path.dirname(require.resolve(name)), "package.json");
  return JSON.parse(fs.readFileSync(file, "utf8")).version;
};

// [{list, pattern, anyCase, isPreview}], in the order of the table.
export function readLists(folder) {
  const require = createRequire(path.resolve(folder, "lists.js"));
  const corrected = (pattern) => (corrections.has(pattern) ? corrections.get(pattern) : pattern);
  const crawlers = require("crawler-user-agents")
    .map(({ pattern, tags }) => ({
      list: "crawler-user-agents",
      pattern: corrected(pattern),
      anyCase: false,
      isPreview: (tags ?? []).includes("social-preview"),
    }))
    .filter(({ pattern }) => pattern !== null);
  const general = require("isbot").list.map((pattern) => ({
    list: "isbot",
    pattern: corrected(pattern),
    anyCase: true,
    isPreview: false,
  }));
  const previews = crawlers.filter(({ isPreview }) => isPreview);
  const others = crawlers.filter(({ isPreview }) => !isPreview);
  return {
    versions: ["isbot", "crawler-user-agents"]
      .map((name) => `${name} ${version(require, name)}`)
      .join(", "),
    patterns: [...previews, ...others, ...general],
  };
}

// The literal a pattern is, with what must stand at its edges; null when it is more than that.
function literalOf(pattern) {
  if (lookArounds.has(pattern)) {
    const [text, check] = lookArounds.get(pattern);
    return { text, before: "any", after: "any", check };
  }
  const parts = /^(\^|\\b)?((?:[^\\^$.*+?()[\]{}|]|\\[^\w\s])+)(\$|\\b)?$/.exec(pattern);
  if (parts === null) return null;
  const text = parts[2].replace(/\\(.)/g, "$1");
  const before = { "^": "start", "\\b": "word" }[parts[1]] ?? "any";
  const after = { $: "end", "\\b": "word" }[parts[3]] ?? "any";
  // Beside a sign that is no letter, \b means the opposite.
  if (before === "word" && !/^\w/.test(text)) return null;
  if (after === "word" && !/\w$/.test(text)) return null;
  return { text, before, after, check: "none" };
}

const quoted = (text) => JSON.stringify(text);

function row({ list, pattern, anyCase, isPreview }) {
  const literal = literalOf(pattern);
  if (literal === null && /\(\?<?[!=]/.test(pattern))
    throw new Error(`${list} has a look-around that is not known here: ${pattern}`);
  const { text, before, after, check } = literal ?? {
    text: anyCase ? `(?i:${pattern})` : pattern,
    before: "any",
    after: "any",
    check: "none",
  };
  const shape = literal === null ? "expression" : "literal";
  const name = `${list} ${pattern}`;
  return (
    `    {${quoted(name)}, ${quoted(text)}, Shape::${shape}, Edge::${before}, Edge::${after},\n` +
    `     Check::${check}, ${anyCase}, ${isPreview}},`
  );
}

function generate(folder, out) {
  const { versions, patterns } = readLists(folder);
  const lines = [
    "// Made by redirect/lists/generate.mjs; not kept under version control.",
    '#include "redirect/bot_lists.hpp"',
    "",
    "namespace fairlead::redirect {",
    "",
    "namespace {",
    "constexpr ListedPattern patterns[] = {",
    ...patterns.map(row),
    "};",
    "}  // namespace",
    "",
    "std::span<const ListedPattern> listed_patterns() { return patterns; }",
    `std::string_view list_versions() { return ${quoted(versions)}; }`,
    "",
    "}  // namespace fairlead::redirect",
    "",
  ];
  fs.mkdirSync(path.dirname(out), { recursive: true });
  fs.writeFileSync(out, lines.join("\n"));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  generate(process.argv[2], process.argv[3]);
