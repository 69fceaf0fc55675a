"use strict";
/* The desk's own script. Every page and every deed works without it: it keeps what is on the page fresh, counts
   down, rings, and knows some keys. Parts of a page that may change by themselves are drawn by the server alone
   and carry `data-live` and an id; nothing here makes a sentence. */
(() => {
  const page = document.body.dataset;
  if (!page.events) return; // not signed in
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const ahead = Date.parse(page.now) - Date.now(); // the node's clock before ours
  const now = () => Date.now() + ahead;

  /* ---- fresh parts ---- */
  let fetching = false, again = false;
  const from = () => ($("main [data-live]") ? location.href.split("#")[0] : page.frame);

  function place(region) {
    const held = document.activeElement;
    if (!held || !region.contains(held)) return null;
    const same = (one) => one.tagName === held.tagName && (held.id ? one.id === held.id : one.textContent === held.textContent);
    return (root) => all(held.tagName, root).find(same);
  }

  function swap(region, fresh) {
    if (region.isEqualNode(fresh)) return;
    const held = document.activeElement;
    if (held && region.contains(held) && held.matches("input:not([type=hidden]),textarea,select")) return;
    if (region.contains(held) && held.closest("dialog[open]")) return;
    const back = place(region);
    const open = all("details[open]", region).map((one) => one.id).filter(Boolean);
    for (const one of [...region.attributes]) if (!fresh.hasAttribute(one.name)) region.removeAttribute(one.name);
    for (const one of fresh.attributes) if (region.getAttribute(one.name) !== one.value) region.setAttribute(one.name, one.value);
    region.replaceChildren(...fresh.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    back?.(region)?.focus({preventScroll: true});
  }

  // A button that is put anew between press and release is not clicked: what is fresh waits for the hand.
  let down = false;
  addEventListener("pointerdown", () => { down = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { down = false; }), true);
  async function released() {
    for (let waits = 0; down && waits < 60; waits++) await new Promise((done) => setTimeout(done, 50));
  }

  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(from(), {headers: {"X-Yeollak-Live": "1"}, cache: "no-store"});
      if (answer.redirected && new URL(answer.url).pathname.startsWith(page.gate)) {
        if (!$("[data-keeps]")) location.reload(); // what is being written stays: its page says that it is not saved
        return;
      }
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        await released();
        const at = [scrollX, scrollY];
        for (const region of all("[data-live][id]")) {
          const other = fresh.getElementById(region.id);
          if (other) swap(region, document.adoptNode(other));
        }
        for (const back of all("#bells input[name=back]")) back.value = location.pathname + location.search;
        scrollTo(...at);
        if (fresh.body.dataset.signature) page.signature = fresh.body.dataset.signature;
        if (fresh.title && $("main [data-live]")) document.title = fresh.title;
        document.dispatchEvent(new CustomEvent("yeollak:fresh"));
      }
    } catch { /* the node is away for a moment; the bridge keeps what was known */ }
    fetching = false;
    tick();
    ring();
    if (again) { again = false; refresh(); }
  }

  const told = (signature) => { if (signature !== page.signature) refresh(); };
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("yeollak-live") : null;
  if (channel) channel.onmessage = (message) => told(message.data);

  function listen(done) {
    const source = new EventSource(page.events);
    source.addEventListener("changed", (event) => { channel?.postMessage(event.data); told(event.data); });
    // A stream that was refused is not opened again by the browser.
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) { refresh(); setTimeout(() => listen(done), 5000); } };
    addEventListener("pagehide", () => { source.close(); done?.(); }, {once: true});
  }
  // One stream a browser, whatever the number of its windows: six connections are all it has for one site.
  if (navigator.locks) navigator.locks.request("yeollak-live", () => new Promise((done) => listen(done)));
  else listen();
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(() => { if (!document.hidden) refresh(); }, 60000);

  /* ---- countdowns ---- */
  const two = (value) => String(value).padStart(2, "0");
  function tick() {
    for (const one of all("[data-until]")) {
      const left = Math.floor((Date.parse(one.dataset.until) - now()) / 1000);
      if (left < 0) { if (left > -3 && !one.dataset.over) { one.dataset.over = "1"; refresh(); } continue; }
      const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
      one.textContent = hours ? `${two(hours)}:${two(minutes)}:${two(left % 60)}` : `${two(minutes)}:${two(left % 60)}`;
      one.dataset.run = "1";
      one.classList.toggle("long", hours > 0);
    }
  }
  setInterval(tick, 1000);
  tick();

  /* ---- the alarm: armed by hand, since no browser lets a page sound by itself ---- */
  const arm = $("[data-arm]");
  const wanted = () => localStorage.getItem("yeollak-alarm") === "on";
  const able = () => !navigator.userActivation || navigator.userActivation.hasBeenActive;
  const sounds = {};
  let last = 0;

  function show() {
    if (!arm) return;
    const state = !wanted() ? "off" : able() ? "on" : "waits";
    arm.hidden = false;
    arm.dataset.state = state;
    arm.setAttribute("aria-pressed", String(state === "on"));
    arm.textContent = arm.dataset[state];
  }

  function sound(precedence) {
    const url = precedence === "flash" ? page.soundFlash : page.soundImmediate;
    const one = sounds[precedence] ||= new Audio(url);
    one.currentTime = 0;
    return one.play();
  }

  arm?.addEventListener("click", () => {
    const on = arm.dataset.state !== "on";
    localStorage.setItem("yeollak-alarm", on ? "on" : "off");
    if (on) {
      sound("immediate").catch(() => {});
      if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
    }
    show();
  });
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => setTimeout(show), {once: true});

  const known = new Set(JSON.parse(sessionStorage.getItem("yeollak-rung") || "[]"));
  function ring() {
    const bells = $("#bells");
    const acts = (bells?.dataset.acts || "").split(" ").filter(Boolean);
    if (!acts.length || !wanted()) return;
    for (const act of acts) {
      if (known.has(act)) continue;
      known.add(act);
      last = 0;
      if ("Notification" in window && Notification.permission === "granted") {
        const shown = new Notification(bells.dataset.title, {body: bells.dataset.body, tag: act, requireInteraction: true, lang: document.documentElement.lang, dir: document.documentElement.dir});
        shown.onclick = () => { window.focus(); shown.close(); };
      }
    }
    sessionStorage.setItem("yeollak-rung", JSON.stringify([...known].slice(-100)));
    const every = bells.dataset.rings === "flash" ? 6000 : 30000;
    if (Date.now() - last < every || !able()) return;
    last = Date.now();
    const play = () => sound(bells.dataset.rings).catch(() => {});
    if (navigator.locks) navigator.locks.request("yeollak-ring", {ifAvailable: true}, (lock) => lock && play());
    else play();
  }
  setInterval(ring, 1000);
  show();
  ring();

  /* ---- keys ---- */
  const typing = (target) => target.closest?.("input,textarea,select,[contenteditable]");
  const keys = $("#keys");
  let went = 0;
  function find(event) {
    // The command palette takes this; without one the search page is opened.
    const asked = new CustomEvent("yeollak:find", {cancelable: true});
    if (document.dispatchEvent(asked)) $("a.find")?.click();
    event.preventDefault();
  }
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { find(event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
    if (event.key === "/") { find(event); return; }
    if (event.key === "?" && keys) { keys.showModal(); event.preventDefault(); return; }
    // By the place of the key, so that it is the same under a Korean or Arabic layout.
    const letter = event.code.startsWith("Key") ? event.code[3].toLowerCase() : "";
    if (letter === "g") { went = Date.now(); return; }
    if (Date.now() - went < 1500) {
      went = 0;
      const link = letter && $(`.nav a[data-key="${letter}"]`);
      if (link) { link.click(); event.preventDefault(); }
    } else if (letter === "a") {
      const button = $("[data-acknowledge]");
      if (button) { button.focus(); event.preventDefault(); }
    }
  });
  for (const opener of all("[data-keys]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => keys?.showModal());
  }
})();
