"use strict";
// Composing works without this script. With it a draft saves itself, a list is searched as one types, files
// show how far they are, and the page of what was sent tells what becomes of it.
(() => {
  const AUTOSAVE = "X-Yeollak-Autosave";
  const LIVE = "X-Yeollak-Live";
  const PAUSE = 1200, AGAIN = 5000, LOOK = 1000;

  // Searching a list.
  for (const box of document.querySelectorAll("[data-seek]")) {
    const list = document.querySelector(box.dataset.seek), told = document.getElementById("found");
    const words = told ? told.textContent : "";
    box.addEventListener("input", () => {
      const asked = box.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      let many = 0;
      for (const group of list.querySelectorAll("[data-group]")) {
        const title = group.querySelector("h2").textContent;
        let here = 0;
        for (const one of group.querySelectorAll("[data-choice]")) {
          const text = `${title} ${one.textContent} ${one.querySelector("a").pathname}`.toLocaleLowerCase();
          one.hidden = !asked.every((word) => text.includes(word));
          here += one.hidden ? 0 : 1;
        }
        group.hidden = here === 0;
        many += here;
      }
      if (told) told.textContent = words.replace(/\d+/, String(many));
    });
  }

  // Saving what is written.
  const form = document.getElementById("write");
  if (form) {
    const told = document.getElementById("saved"), bar = form.querySelector("progress");
    let timer = 0, busy = false, again = false, stopped = false, leaving = false, next = null;

    const tell = (words, failed) => {
      told.textContent = words;
      told.classList.toggle("failed", failed);
    };

    const fields = () => {
      const data = new FormData(form);
      data.delete("files");
      data.set("do", "save");
      return data;
    };

    // Whoever has signed in anew has another token for forms: a page that can be read has it.
    const renew = async () => {
      const answer = await fetch(form.getAttribute("action"), { credentials: "same-origin", headers: { [LIVE]: "1" } });
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = made.querySelector('#write input[name="csrfmiddlewaretoken"]');
      if (!token) return;
      for (const one of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) one.value = token.value;
    };

    const save = async () => {
      if (busy || stopped || leaving) { again = busy; return; }
      busy = true;
      tell(form.dataset.saving, false);
      let retry = false;
      try {
        const answer = await fetch(form.getAttribute("action"), {
          method: "POST", body: fields(), headers: { [AUTOSAVE]: "1" }, redirect: "manual", credentials: "same-origin",
        });
        if (answer.status === 409) {
          tell(form.dataset.moved, true);
          stopped = true;
        } else if (answer.ok) {
          const said = await answer.json();
          form.elements.version.value = said.version;
          for (const one of document.querySelectorAll("[data-version]")) one.value = said.version;
          if (!form.dataset.draft) {
            form.dataset.draft = said.draft;
            form.setAttribute("action", said.url);
            history.replaceState(null, "", said.url);
          }
          const at = new Date();
          tell(`${form.dataset.saved} ${[at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map((n) => String(n).padStart(2, "0")).join(":")} UTC`, false);
        } else {
          retry = true;
          if (answer.status === 401 || answer.status === 403) await renew();
        }
      } catch { retry = true; }
      busy = false;
      if (next) {
        const go = next;
        next = null;
        go();
      } else if (retry) {
        tell(form.dataset.failed, true);
        timer = setTimeout(save, AGAIN);
      } else if (again) { again = false; save(); }
    };

    const soon = (event) => {
      if (event.target.type === "file") return;
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    };
    if (form.querySelector("button.go")) {
      form.addEventListener("input", soon);
      form.addEventListener("change", soon);
    }

    // The chosen form's fields appear without a button.
    const chooser = form.elements.namedItem("form");
    if (chooser) chooser.addEventListener("change", () => {
      clearTimeout(timer);
      const button = form.querySelector('button[name="do"][value="form"]');
      if (button) form.requestSubmit(button);
    });

    // What is pressed while this page saves by itself waits for that: it would send the version that is being
    // replaced, and tell its writer of a conflict with himself. The last that was pressed goes.
    document.addEventListener("submit", (event) => {
      if (event.target !== form && !event.target.querySelector("[data-version]")) return;
      clearTimeout(timer);
      again = false;
      if (!busy) { leaving = true; return; }
      event.preventDefault();
      event.stopPropagation();
      const { target, submitter } = event;
      next = () => target.requestSubmit(submitter);
    }, true);
    addEventListener("pageshow", () => { leaving = false; });

    // Files tell how far they are.
    form.addEventListener("submit", (event) => {
      const picked = form.querySelector('input[type="file"]'), button = event.submitter;
      if (!picked || !picked.files.length || !bar || !button) return;
      event.preventDefault();
      const data = new FormData(form, button), request = new XMLHttpRequest();
      bar.hidden = false;
      request.upload.addEventListener("progress", (sent) => {
        if (!sent.lengthComputable) return;
        bar.value = Math.round(100 * sent.loaded / sent.total);
        tell(`${form.dataset.sending} ${bar.value} %`, false);
      });
      request.addEventListener("load", () => {
        if (request.responseURL && request.status < 400) location.assign(request.responseURL);
        else { document.open(); document.write(request.responseText); document.close(); }
      });
      request.addEventListener("error", () => { bar.hidden = true; leaving = false; tell(form.dataset.failed, true); });
      request.open("POST", form.getAttribute("action"));
      request.send(data);
    });

    const problems = document.getElementById("problems");
    if (problems) problems.focus();
  }

  // Signing once.
  const sign = document.getElementById("sign");
  if (sign) {
    let pressed = false;
    sign.addEventListener("submit", (event) => {
      if (pressed) event.preventDefault();
      pressed = true;
    });
  }

  // What becomes of it.
  const way = document.getElementById("way");
  if (way && way.dataset.now) {
    const look = async () => {
      if (!document.hidden) {
        try {
          const answer = await fetch(way.dataset.now, { headers: { [LIVE]: "1" }, redirect: "manual", credentials: "same-origin" });
          if (answer.ok) {
            const made = new DOMParser().parseFromString(await answer.text(), "text/html");
            if (made.body.textContent.trim() !== way.textContent.trim()) way.replaceChildren(...made.body.childNodes);
          }
        } catch { /* asked again in a moment */ }
      }
      setTimeout(look, LOOK);
    };
    setTimeout(look, LOOK);
  }
})();
