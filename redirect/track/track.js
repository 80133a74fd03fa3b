// track.js brings the click of an influencer's link into the order. It runs in the shop's pages, has
// no dependencies, sends nothing anywhere but to the shop's own cart, and never throws into the page.
//
//   <script async src="https://go.shop.example/track.js" data-consent="required"></script>
//
// docs/integrations/ has a recipe for each platform, docs/privacy.md says what is kept and when.
// Names that pages, servers and recipes rely on are frozen: fl_click, fl_clicks, data-*, fairlead.*.
(() => {
  "use strict";
  const one = "fl_click"; // the newest click, in addresses, fields and cart attributes
  const all = "fl_clicks"; // up to five of them, joined by dots, newest last; what is kept, too
  const touchesMax = 5;
  const dayMs = 864e5;

  const early = window.fairlead;
  if (early && early.touches) return; // loaded twice

  const tag = document.currentScript || document.querySelector('script[src*="/track.js"]');
  const option = (name) => (tag && tag.getAttribute("data-" + name)) || "";
  const daysMax = Math.min(option("days") > 0 ? +option("days") : 30, 365);
  // True, false, or undefined as long as nobody was asked. A refusal may have come with the click.
  let given = { granted: true, denied: false }[option("consent")];
  if (/[?&]fl_consent=denied(?![^&#])/.test(location.href)) given = false;
  const mustAsk = option("consent") === "required";
  if (early && early.given !== undefined) given = early.given;
  const optedOut = navigator.globalPrivacyControl || navigator.doNotTrack === "1";

  let touches = []; // tokens, newest last
  let filled = ""; // the token that fields have got
  let inCart = ""; // the token that a Shopify cart has got, as far as this page knows
  let inBlocks = ""; // the same of WooCommerce's checkout block
  let wasKept = false;
  let address;
  let timer;

  // What goes wrong here must not stop a shop.
  const safely =
    (work) =>
    (...words) => {
      try {
        return work(...words);
      } catch {}
    };

  // A token's first bytes are its key and its click's id, whose upper 42 bits are milliseconds since
  // 2020 (docs/decisions/0003). So the order of clicks is theirs, not that of pages and bookmarks.
  const clickedAt = (token) => {
    const bytes = atob(token.slice(0, 12).replace(/-/g, "+").replace(/_/g, "/"));
    let number = 0;
    for (let i = 1; i < 7; ++i) number = number * 256 + bytes.charCodeAt(i);
    return Math.floor(number / 64) + Date.UTC(2020, 0);
  };
  const ageMs = (token) => Date.now() - clickedAt(token);
  const isFresh = (token) => ageMs(token) > -dayMs && ageMs(token) < daysMax * dayMs;

  // Both stores are read: a checkout on another host of the shop has the cookie alone.
  const storedText = () => safely(() => localStorage.getItem(all))() || "";
  const cookieText = () =>
    (safely(() => document.cookie)() || "").match("(?:^|; )" + all + "=([^;]*)")?.[1] || "";
  const kept = () =>
    (storedText() + "." + cookieText())
      .split(".")
      .filter((token) => /^[\w-]{36}$/.test(token) && isFresh(token));

  const setCookie = safely((value, seconds) => {
    const domain = option("domain");
    document.cookie =
      `${all}=${value};path=/;max-age=${seconds};samesite=lax` +
      (domain && ";domain=" + domain) +
      (location.protocol === "https:" ? ";secure" : "");
  });

  // The cookie ends when the newest click is too old; visits never extend it.
  const keep = (tokens) => {
    const text = tokens.join(".");
    safely(() => localStorage.setItem(all, text))();
    setCookie(text, Math.round((daysMax * dayMs - ageMs(tokens[tokens.length - 1])) / 1e3));
    wasKept = kept().length > 0;
  };
  const forget = () => {
    if (storedText()) safely(() => localStorage.removeItem(all))();
    if (cookieText()) setCookie("", 0);
    wasKept = false;
  };

  // Of the address that was opened, too: a router may have changed it before this script came.
  const inAddress = () => {
    const opened = safely(() => performance.getEntriesByType("navigation")[0].name)() || "";
    const found = (opened + " " + location.href).matchAll(/[?&]fl_click=([\w-]{36})(?![\w-])/g);
    return [...found].map((match) => match[1]);
  };

  const update = safely(() => {
    address = location.href;
    const before = kept();
    // Gone although this page kept it: withdrawn in another page, or removed by the shopper.
    if (wasKept && !before.length) given = false;
    // What is kept stands for the consent it was kept with.
    if (given === undefined && before.length) given = true;
    const mayKeep = given && !optedOut;
    const isOff = given === false || (mustAsk && !given);
    touches = isOff ? [] : [...touches, ...(mayKeep ? before : []), ...inAddress()];
    touches = [...new Set(touches)].sort((a, b) => clickedAt(a) - clickedAt(b)).slice(-touchesMax);
    const fresh = mayKeep ? touches.filter(isFresh) : [];
    if (fresh.length) keep(fresh);
    else forget();
    fill();
  });

  const newest = () => touches[touches.length - 1] || "";
  const withValue = (url, name, value) => {
    const [rest, fragment] = url.split(/(?=#)/);
    return rest + (rest.includes("?") ? "&" : "?") + name + "=" + value + (fragment || "");
  };
  // The other way round; what others put behind it stays.
  const withoutValue = (url, pair) =>
    url.replace(new RegExp("([?&])" + pair + "(&|(?=#|$))"), (_, before, behind) =>
      behind ? before : "",
    );
  const each = (selector, work) => document.querySelectorAll(selector).forEach(safely(work));

  const fill = safely(() => {
    const token = newest();
    if (!token && !filled && given !== false) return;

    // WooCommerce's checkout of forms has no such field of its own.
    each("form.woocommerce-checkout", (form) => {
      if (form.querySelector(`[name=${one}]`)) return;
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = one;
      form.append(input);
    });
    each(`input[name=${one}],input[name=${all}],input[data-fl-click]`, (input) => {
      input.value = input.name === all ? touches.join(".") : token;
    });

    // A value that the shop gave itself stays.
    each('a[data-fl-click],a[href^="https://buy.stripe.com/"]', (link) => {
      const name =
        link.dataset.flClick || (link.dataset.flClick === "" ? one : "client_reference_id");
      const url = filled ? withoutValue(link.href, name + "=" + filled) : link.href;
      const isFree = token && !url.match("[?&]" + name + "=");
      const wanted = isFree ? withValue(url, name, token) : url;
      if (wanted !== link.href) link.href = wanted;
    });
    each("stripe-buy-button,stripe-pricing-table", (element) => {
      const name = "client-reference-id";
      if ((element.getAttribute(name) || filled) === filled) element.setAttribute(name, token);
      if (!token && element.getAttribute(name) === "") element.removeAttribute(name);
    });

    fillBlocks(token);
    fillCart(token);
    filled = token;
  });

  // WooCommerce's checkout block; the recipe's lines of PHP read it from the request.
  const fillBlocks = safely((token) => {
    const block = inBlocks !== token && window.wp?.data?.dispatch("wc/store/checkout");
    const set = block && (block.setExtensionData || block.__internalSetExtensionData);
    if (!set) return;
    set("fairlead", { [one]: token });
    inBlocks = token;
  });

  // Asked first, so that a cart that knows it is not written again on every page.
  const fillCart = safely((token) => {
    const routes = window.Shopify?.routes;
    if (!routes || inCart === token) return;
    inCart = token;
    const root = routes.root || "/";
    fetch(root + "cart.js")
      .then((answer) => answer.json())
      .then((cart) => {
        if ((cart.attributes[one] || "") === token) return;
        return fetch(root + "cart/update.js", {
          method: "POST",
          keepalive: true,
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ attributes: { [one]: token } }),
        });
      })
      .catch(() => {});
  });

  // Where nothing may be kept, the token goes along in the address of the shop's own pages.
  const carry = safely((event) => {
    const link = event.target.closest("a[href]");
    const token = newest();
    if (!link || !token || link.origin !== location.origin || kept().includes(token)) return;
    const isHere = link.href.split("#")[0] === location.href.split("#")[0];
    if (isHere || /[?&]fl_click=/.test(link.href)) return;
    link.href = withValue(link.href, one, token);
  });

  const look = () => (location.href === address ? fill() : update());
  addEventListener("click", carry, true);
  addEventListener("auxclick", carry, true);
  addEventListener("submit", look, true);
  addEventListener("pageshow", update);
  addEventListener("storage", update);
  // Forms and links that come later, and pages that change without being loaded.
  new MutationObserver(() => {
    if (!timer)
      timer = setTimeout(() => {
        timer = 0;
        look();
      }, 50);
  }).observe(document, { childList: true, subtree: true });

  window.fairlead = {
    // What the shopper said. False erases what was kept, also in the cart.
    consent: (isGiven) => {
      given = !!isGiven;
      if (!given) inCart = undefined;
      update();
    },
    click: newest,
    touches: () => [...touches],
  };
  update();
})();
