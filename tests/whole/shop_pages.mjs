// Shops for a browser: small pages that act as Shopify, WooCommerce, Stripe and a shop of one's own
// do where track.js meets them. Over HTTPS, with a policy that allows no inline script and no eval.
//
//   node shop_pages.mjs CERTIFICATE KEY RECEIVED
//
// Pages are /<consent>/<platform>/<page>; <consent> is what data-consent says, or "none". What the
// shop's servers receive is appended to RECEIVED, a JSON object a line.
import fs from "node:fs";
import https from "node:https";

const [certificate, key, receivedFile] = process.argv.slice(2);
const receive = (what, fields) =>
  fs.appendFileSync(receivedFile, JSON.stringify({ what, ...fields }) + "\n");

const carts = new Map(); // by the shop's own cookie, which exists as soon as there is a cart
let cartsMade = 0;

const cookiesOf = (request) =>
  Object.fromEntries(
    (request.headers.cookie ?? "")
      .split("; ")
      .filter(Boolean)
      .map((pair) => pair.split(/=(.*)/s)),
  );
const bodyOf = async (request) => {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
};
const cartOf = (request, response) => {
  const known = carts.get(cookiesOf(request).cart);
  if (known) return known;
  const id = `cart-${++cartsMade}`;
  const cart = { attributes: {}, items: [] };
  carts.set(id, cart);
  response.setHeader("Set-Cookie", `cart=${id}; Path=/; HttpOnly; Secure; SameSite=Lax`);
  return cart;
};

const page = (consent, platform, name) => {
  const at = `/${consent}/${platform}`;
  const bodies = {
    "shopify/lamp": `<a id="next" href="${at}/chair">Chair</a>
      <form action="/cart/add" method="post"><input type="hidden" name="back" value="${at}/cart">
      <button id="add">Add to cart</button></form>`,
    "shopify/cart": `<form action="/checkout" method="post"><button id="buy">Check out</button></form>`,
    "woo/lamp": `<a id="next" href="${at}/checkout?step=1#pay">Checkout</a>`,
    "woo/checkout": `<form class="checkout woocommerce-checkout" method="post" action="/?wc-ajax=checkout">
      <input name="billing_email" value="ada@shop.example"><button id="buy">Place order</button></form>`,
    "blocks/lamp": `<a id="next" href="${at}/checkout">Checkout</a>`,
    "blocks/checkout": `<div class="wp-block-woocommerce-checkout"></div><button id="buy">Place order</button>`,
    "stripe/lamp": `<a id="buy" href="https://buy.stripe.com/test_lamp?locale=de#top">Buy</a>
      <a id="own" href="https://buy.stripe.com/test_own?client_reference_id=user-7">Buy as 7</a>
      <a id="named" data-fl-click="ref" href="https://pay.shop.example/x?a=b%20c">Buy elsewhere</a>
      <stripe-buy-button buy-button-id="buy_btn_1"></stripe-buy-button>
      <stripe-pricing-table client-reference-id="user-7"></stripe-pricing-table>`,
    "own/lamp": `<a id="next" href="${at}/checkout?q=a%20b+c&amp;empty=#pay">Checkout</a>
      <a id="here" href="#more">More</a> <a id="away" href="https://other.example/x">Away</a>`,
    "own/checkout": `<form method="post" action="/order"><input type="hidden" name="fl_click">
      <input type="hidden" name="fl_clicks"><input type="hidden" name="ref" data-fl-click>
      <input name="fl_click_note" value="mine"><button id="buy">Buy</button></form>`,
    "app/start": `<div id="app"></div><a id="here" href="#more">More</a><button id="show">Checkout</button>`,
  };
  const body = bodies[`${platform}/${name}`] ?? "<p>A page.</p>";
  const asked = consent === "none" ? "" : ` data-consent="${consent}"`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title>
    <script src="/${platform}.js"></script>
    <script async src="https://go.example/track.js"${asked} data-domain="shop.example"></script></head>
    <body>${body}</body></html>`;
};

// In every page, before anything else: what goes wrong is told to the server, for the test.
const watch = `const tell = (what) => navigator.sendBeacon("/problem", String(what));
  addEventListener("error", (event) => tell(event.message));
  addEventListener("unhandledrejection", (event) => tell(event.reason));
  addEventListener("securitypolicyviolation", (event) => tell(event.violatedDirective));\n`;

const scripts = {
  shopify: `window.Shopify = Object.assign(window.Shopify ?? {}, { routes: { root: "/" } });`,
  // The store of the checkout block is registered late, as it is when its script is deferred.
  blocks: `let extensions = {}, store;
    const checkout = { __internalSetExtensionData: (name, data) => { extensions[name] = data; } };
    window.wp = { data: { dispatch: (name) => (name === "wc/store/checkout" ? store : undefined) } };
    addEventListener("load", () => setTimeout(() => {
      store = checkout;
      document.body.append(document.createElement("p"));
    }, 100));
    addEventListener("click", (event) => event.target.id === "buy" && fetch("/wp-json/wc/store/v1/checkout",
      { method: "POST", body: JSON.stringify({ extensions }) }));`,
  // A router that tidies the address before anybody else sees it, and a form that comes later.
  app: `history.replaceState({}, "", location.pathname);
    addEventListener("click", (event) => {
      if (event.target.id !== "show") return;
      history.pushState({}, "", "/app/checkout");
      document.querySelector("#app").innerHTML = '<form method="post" action="/order">' +
        '<input type="hidden" name="fl_click"><button id="buy">Buy</button></form>';
    });`,
};

const answers = {
  "GET /cart.js": (request, response) => {
    const cart = carts.get(cookiesOf(request).cart) ?? { attributes: {}, items: [] };
    response.end(JSON.stringify(cart));
  },
  "POST /cart/update.js": async (request, response) => {
    const { attributes } = JSON.parse(await bodyOf(request));
    const cart = cartOf(request, response);
    Object.assign(cart.attributes, attributes);
    for (const [name, value] of Object.entries(cart.attributes))
      if (value === "" || value === null) delete cart.attributes[name];
    receive("cart", { attributes: cart.attributes });
    response.end(JSON.stringify(cart));
  },
  "POST /cart/add": async (request, response) => {
    const form = new URLSearchParams(await bodyOf(request));
    cartOf(request, response).items.push("lamp");
    response.writeHead(303, { Location: form.get("back") }).end();
  },
  "POST /checkout": (request, response) => {
    const cart = cartOf(request, response);
    receive("order", { attributes: cart.attributes, items: cart.items });
    carts.delete(cookiesOf(request).cart);
    response.writeHead(303, { Location: "/thanks" }).end();
  },
  "POST /": async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    receive("order", { form, cookie: cookiesOf(request).fl_clicks ?? "" });
    response.writeHead(303, { Location: "/thanks" }).end();
  },
  "POST /wp-json/wc/store/v1/checkout": async (request, response) => {
    receive("order", JSON.parse(await bodyOf(request)));
    response.end("{}");
  },
};
answers["POST /order"] = answers["POST /"];
answers["POST /problem"] = async (request, response) => {
  receive("problem", { what_happened: await bodyOf(request) });
  response.end();
};

const server = https.createServer(
  { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) },
  async (request, response) => {
    const url = new URL(request.url, `https://${request.headers.host}`);
    response.setHeader(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self' https://go.example; connect-src 'self'; form-action 'self'",
    );
    const answer = answers[`${request.method} ${url.pathname}`];
    if (answer) return answer(request, response);
    if (url.hostname === "buy.stripe.com")
      receive("payment", { query: Object.fromEntries(url.searchParams), path: url.pathname });
    if (url.pathname.endsWith(".js")) {
      response.setHeader("Content-Type", "text/javascript");
      return response.end(watch + (scripts[url.pathname.slice(1, -3)] ?? ""));
    }
    const [, consent, platform, name] = url.pathname.split("/");
    response.setHeader("Content-Type", "text/html");
    return response.end(
      name ? page(consent, platform, name) : "<!doctype html><title>done</title>done",
    );
  },
);
server.listen(0, "127.0.0.1", () => console.log(`listening on port ${server.address().port}`));
