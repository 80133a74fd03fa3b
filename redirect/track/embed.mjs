// Makes track.js small and embeds it, as text and gzipped, as constants of redirect/track_script.hpp.
//
//   node embed.mjs FOLDER TRACK.JS OUT.cpp      FOLDER holds the node_modules of fetch_packages.sh
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";

const [folder, source, out] = process.argv.slice(2);
const { minify } = createRequire(path.resolve(folder, "track.js"))("terser");
const { code } = await minify(fs.readFileSync(source, "utf8"), {
  compress: { ecma: 2020, passes: 3 },
  ecma: 2020,
  format: { ascii_only: true },
});
const text = Buffer.from(code + "\n");
const gzipped = gzipSync(text, { level: 9 });
gzipped[9] = 255; // the system it was made on: unknown, so that all builds are alike

// Three octal digits each, because a hexadecimal escape has no end of its own.
const literal = (bytes) => {
  const rows = [];
  for (let i = 0; i < bytes.length; i += 24) {
    const letters = [...bytes.subarray(i, i + 24)].map(
      (byte) => "\\" + byte.toString(8).padStart(3, "0"),
    );
    rows.push(`    "${letters.join("")}"`);
  }
  return rows.join("\n");
};
const constant = (name, bytes) =>
  `const std::string_view ${name}(\n${literal(bytes)},\n    ${bytes.length});\n`;

const digest = createHash("sha256").update(text).digest("hex").slice(0, 32);
const lines = [
  "// Made by redirect/track/embed.mjs from redirect/track/track.js.",
  '#include "redirect/track_script.hpp"',
  "",
  "namespace fairlead::redirect::track_script {",
  "",
  constant("text", text),
  constant("gzipped", gzipped),
  `const std::string_view digest = "${digest}";`,
  "",
  "}  // namespace fairlead::redirect::track_script",
  "",
];
fs.mkdirSync(path.dirname(out), { recursive: true });
fs.writeFileSync(out, lines.join("\n"));
