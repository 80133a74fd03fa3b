// Turns the word lists of naughty-words (CC BY 4.0) into generated/redirect/slug_words.cpp: the
// words a generated slug must not hold, folded so that each way of writing a letter is one letter,
// and the table that folds. redirect/slugs.hpp says how both are used.
//
//   node slug_words.mjs FOLDER OUT      FOLDER holds the node_modules of fetch_packages.sh
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

// Letter → what is read as it.
const readAs = { a: "4", b: "8", e: "3", g: "69", i: "1l", o: "0", s: "5z2", t: "7", u: "v" };
const lengthMin = 3; // two letters say little and stand in one slug of twenty
const lengthMax = 16;

const folded = new Map();
for (const letter of "abcdefghijklmnopqrstuvwxyz0123456789") folded.set(letter, letter);
for (const [letter, others] of Object.entries(readAs))
  for (const other of others) folded.set(other, letter);

const fold = (word) =>
  [...word.toLowerCase().replaceAll("ß", "ss").normalize("NFD")]
    .filter((letter) => !/[\u0300-\u036f\s'’_-]/.test(letter))
    .map((letter) => folded.get(letter) ?? "?")
    .join("");

const [folder, out] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, "lists.js"));
const all = Object.values(require("naughty-words")).flat().map(fold);
const usable = all.filter(
  (word) => /^[a-z0-9]+$/.test(word) && word.length >= lengthMin && word.length <= lengthMax,
);
// A word that holds another one is refused because of that one.
const unique = [...new Set(usable)];
const words = unique
  .filter((word) => !unique.some((other) => other !== word && word.includes(other)))
  .sort();
if (words.length < 100) throw new Error("the word lists have changed their shape");

const table = Array.from({ length: 128 }, (_, code) => {
  const letter = folded.get(String.fromCharCode(code).toLowerCase());
  return letter === undefined ? 0 : letter.charCodeAt(0);
});
const rows = (values) => values.map((value) => `    ${value},`);
const lines = [
  "// Made by redirect/lists/slug_words.mjs; not kept under version control.",
  '#include "redirect/slugs.hpp"',
  "",
  "namespace fairlead::redirect {",
  "",
  "namespace {",
  "constexpr std::string_view words[] = {",
  ...rows(words.map((word) => JSON.stringify(word))),
  "};",
  "constexpr char folds[128] = {",
  ...rows(table),
  "};",
  "}  // namespace",
  "",
  "std::span<const std::string_view> offensive_words() { return words; }",
  "char folded_letter(char letter) { return folds[static_cast<unsigned char>(letter) & 127]; }",
  "",
  "}  // namespace fairlead::redirect",
  "",
];
fs.mkdirSync(path.dirname(out), { recursive: true });
fs.writeFileSync(out, lines.join("\n"));
