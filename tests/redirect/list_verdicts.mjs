// What JavaScript's own regular expressions say about agents, as a peer of redirect/bot_lists.cpp:
// every agent the packages know, and mutations of them. Prints "bot", "preview" or "person", a tab
// and the agent.
//
//   node list_verdicts.mjs FOLDER GENERATOR MUTATIONS SEED
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, generator, mutations, seed] = process.argv.slice(2);
const { readLists } = await import(pathToFileURL(path.resolve(generator)));
const require = createRequire(path.resolve(folder, "lists.js"));

let state = Number(seed) >>> 0;
function random(below) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const people = [
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
];
const pieces = [
  "bot", "bots", "bot_", " cubot", "/CUBOT ", "scan", "camscan", "http", "libhttp", "google", "google/google",
  " channel/google", "googlewv", "Google Pixel", "news", "gnews", "newssapphire", "java", "java;", "Spider",
  ".com", ".com_", " daum/", "; word;", "@a-b.c", "RSS", "agent", "check", "search ", "x/1.0;", "|", "rss_",
];
const known = require("crawler-user-agents").flatMap(({ instances }) => instances);

function mutated(agent) {
  for (let edits = 1 + random(4); edits > 0; edits -= 1) {
    const at = random(agent.length + 1);
    const sign = String.fromCharCode(32 + random(95));
    const piece = pieces[random(pieces.length)];
    const cut = random(3) === 0 ? at + 1 + random(8) : at;
    agent = agent.slice(0, at) + [sign, piece, ""][random(3)] + agent.slice(cut);
  }
  return agent.slice(0, 512);
}

const agents = [...known, ...people];
for (let i = 0; i < Number(mutations); i += 1)
  agents.push(mutated(random(2) === 0 ? people[random(people.length)] : known[random(known.length)]));

const { patterns } = readLists(folder);
const matchers = patterns.map(({ pattern, anyCase, isPreview }) => ({
  expression: new RegExp(pattern, anyCase ? "i" : ""),
  isPreview,
}));
const lines = agents
  .filter((agent) => agent.length > 0 && agent.length <= 512 && /^[\x20-\x7e]*$/.test(agent))
  .map((agent) => {
    const hit = matchers.find(({ expression }) => expression.test(agent));
    return `${hit === undefined ? "person" : hit.isPreview ? "preview" : "bot"}\t${agent}`;
  });
console.log(lines.join("\n"));
