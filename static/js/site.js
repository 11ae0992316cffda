// Small comforts on pages that work without them.
(() => {
  const words = document.currentScript.dataset;

  // What cannot work without a script shows only with one.
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;

  // An error summary is read first.
  document.querySelector(".error-summary")?.focus();

  // How many of the asked words are left.
  const count = (text) => (text.trim().match(/\S+/g) || []).length;
  for (const area of document.querySelectorAll("textarea[data-words]")) {
    const limit = Number(area.dataset.words);
    const note = document.createElement("p");
    note.className = "word-count";
    note.setAttribute("role", "status");
    area.after(note);
    const show = () => {
      const left = limit - count(area.value);
      const over = left === -1 ? words.wordOver : words.wordsOver;
      const text = left < 0 ? over : words.wordsLeft;
      note.textContent = text.replace("{n}", Math.abs(left));
      note.classList.toggle("is-over", left < 0);
    };
    let pause;
    area.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(show, 300);
    });
    show();
  }

  // A question that depends on another answer shows once that is given.
  const depending = [...document.querySelectorAll("[data-asked-if]")];
  const isGiven = ({ form, dataset: { askedIf, askedValue } }) =>
    [...form.elements].some(
      ({ name, value, checked }) => name === askedIf && value === askedValue && checked,
    );
  for (const input of depending) input.closest(".field").querySelector(".only-if")?.remove();
  const showAsked = () => {
    for (const input of depending) input.closest(".field").hidden = !isGiven(input);
  };
  for (const form of new Set(depending.map((input) => input.form))) {
    form.addEventListener("change", showAsked);
  }
  showAsked();

  // Leaving a form with unsaved changes asks first.
  const unsaved = new Set();
  for (const form of document.querySelectorAll("form[data-warn-unsaved]")) {
    form.addEventListener("input", () => unsaved.add(form));
    form.addEventListener("submit", () => unsaved.delete(form));
    form.addEventListener("saved", () => unsaved.delete(form));
  }
  addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });

  // Signing in elsewhere makes the token of a form that was handed back a stale one: it takes the
  // newest along. Every other form keeps its own, by which its page is known (accounts.once).
  for (const form of document.querySelectorAll("form[data-newest-token]")) {
    form.addEventListener("submit", () => {
      const newest = document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=(\w+)/);
      if (newest) form.elements.namedItem("csrfmiddlewaretoken").value = newest[1];
    });
  }

  // What the keyboard reaches stands clear of the bar with the buttons, the whole of it.
  const bar = document.querySelector(".work-actions");
  if (bar) {
    addEventListener("focusin", ({ target }) => {
      if (target.matches(":focus-visible") && !bar.contains(target)) {
        target.scrollIntoView({ block: "nearest" });
      }
    });
  }

  // j and k walk through a list of records that asks for it.
  const list = document.querySelector("[data-keyboard-list]");
  if (list) {
    const links = [...list.querySelectorAll(".row-link")];
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      const step = { j: 1, k: -1 }[event.key];
      if (!step) return;
      const here = links.indexOf(document.activeElement);
      links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
    });
  }
})();
