// Keeps what is typed into a form[data-autosave] while it is typed: soon after a pause, and when
// the page is left. That it was kept is shown, that it was not is said.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const PAUSE = 2000, LONGEST = 10000, AGAIN = 15000;
  const note = form.querySelector("[data-autosave-note]");
  const trouble = form.querySelector("[data-autosave-trouble]");
  let timer, since, running, isChanged = false, isFailing = false, isOver = false;

  const say = (text) => {
    if (trouble.textContent !== text) trouble.textContent = text;
  };

  const send = async (options) => {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    body.set("autosave", "1");
    isChanged = false;
    isFailing = false;
    try {
      const answer = await fetch(location.href, { method: "POST", body, ...options });
      const told = await answer.json(); // a page instead of it: signed out, or closed
      say(told.trouble || "");
      if (told.trouble) {
        isOver = true; // pressing the button shows both texts
        return;
      }
      form.elements.seen.value = told.seen;
      note.textContent = told.note;
      if (!isChanged) form.dispatchEvent(new Event("saved"));
    } catch {
      isChanged = isFailing = true;
      note.textContent = "";
      say(form.dataset.notSaved);
      timer = setTimeout(save, AGAIN);
    }
  };

  const save = (options = {}) => {
    clearTimeout(timer);
    since = undefined;
    if (running || !isChanged || isOver) return;
    running = send(options).finally(() => {
      running = undefined;
      if (isChanged) later();
    });
  };

  const later = () => {
    clearTimeout(timer);
    since ??= Date.now();
    timer = setTimeout(save, Math.min(PAUSE, Math.max(0, since + LONGEST - Date.now())));
  };

  form.addEventListener("input", () => {
    isChanged = true;
    later();
  });
  addEventListener("online", () => save());
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ keepalive: true });
  });

  // So does a link that is followed, to the other language too: the next page shows what is saved.
  // What could not be kept is said here first; a second press leaves.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
    if (isOver || isFailing || !navigator.onLine || !(running || isChanged)) return;
    event.preventDefault();
    await running;
    save();
    await running;
    if (!(isOver || isFailing)) location.assign(link.href);
  });

  // What is pressed goes after what is on its way: it would be taken for a change made elsewhere.
  // Without a connection it does not go at all, for the browser would leave the page.
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    clearTimeout(timer);
    if (isFailing || !navigator.onLine) {
      event.preventDefault();
      isChanged = true;
      save();
      running?.finally(() => isFailing || form.requestSubmit(submitter));
      return;
    }
    isChanged = false;
    if (!running) return;
    event.preventDefault();
    running.finally(() => form.requestSubmit(submitter));
  });
}
