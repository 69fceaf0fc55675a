"use strict";
// Find or do, in place: over any page a dialog asks the page Find for what is typed, and shows the results that
// it shows by itself. In lists, j and k go from row to row. Which keys ask for it, staff.js knows.
(() => {
  const link = document.querySelector("a.find[href]");
  const name = link ? link.firstChild.textContent.trim() : "";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");
  const rows = () => [...document.querySelectorAll("[data-rows] > li h2 a")];

  const step = (by) => {
    const found = rows();
    if (!found.length) return false;
    const at = found.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : found.length - 1) : Math.min(Math.max(at + by, 0), found.length - 1);
    found[next].focus();
    found[next].closest("li").scrollIntoView({ block: "nearest" });
    return true;
  };

  let dialog, field, list, asked = 0, timer;

  const make = () => {
    const form = document.createElement("form");
    form.method = "get";
    form.action = link.href;
    form.setAttribute("role", "search");
    const label = document.createElement("label");
    label.htmlFor = "palette-q";
    label.className = "vh";
    label.textContent = name;
    field = document.createElement("input");
    Object.assign(field, { id: "palette-q", name: "q", type: "search", autocomplete: "off", maxLength: 200 });
    form.append(label, field);
    list = document.createElement("div");
    list.className = "found";
    list.setAttribute("aria-live", "polite");
    dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.setAttribute("aria-label", name);
    dialog.append(form, list);
    document.body.append(dialog);
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    dialog.addEventListener("keydown", (event) => {
      const links = [...list.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement);
      if (event.key === "ArrowDown" && links.length) {
        links[Math.min(at + 1, links.length - 1)].focus();
      } else if (event.key === "ArrowUp" && links.length) {
        (at > 0 ? links[at - 1] : field).focus();
      } else if (event.key === "Enter" && document.activeElement === field && links.length) {
        links[0].click();
      } else {
        return;
      }
      event.preventDefault();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  };

  const ask = async () => {
    const number = ++asked;
    const address = `${link.pathname}?part=1&q=${encodeURIComponent(field.value)}`;
    try {
      const answer = await fetch(address, { credentials: "same-origin", redirect: "error" });
      const text = await answer.text();
      // Only the newest question counts, whatever comes back first.
      if (number === asked && answer.ok) {
        const page = new DOMParser().parseFromString(text, "text/html");
        list.replaceChildren(...page.body.childNodes);
      }
    } catch {
      if (number === asked) list.replaceChildren();
    }
  };

  const open = () => {
    if (!link || !window.HTMLDialogElement) return false;
    if (!dialog) make();
    if (!dialog.open) {
      dialog.showModal();
      field.select();
      ask();
    }
    return true;
  };

  if (link) {
    link.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0 && open()) {
        event.preventDefault();
      }
    });
  }

  document.addEventListener("yeollak:find", (event) => {
    if (open()) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    // By the key's place too, so that it works while Korean or Arabic is being typed.
    if (event.key === "j" || event.code === "KeyJ") {
      if (step(1)) event.preventDefault();
    } else if (event.key === "k" || event.code === "KeyK") {
      if (step(-1)) event.preventDefault();
    }
  });
})();
