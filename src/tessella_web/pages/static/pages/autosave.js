/* Saves a form while one works on it, and renews what depends on it. Without this file the button saves. */
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = form.querySelector("[data-saved]");
  let running = false;
  let again = false;
  const renew = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const id of ["missing", "explained", "seen"]) {
      const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
      if (old && now) old.replaceWith(now);
    }
  };
  const save = async () => {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, {
        method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, credentials: "same-origin",
      });
      if (answer.ok) renew(await answer.text());
      status.textContent = answer.ok ? status.dataset.saved
        : answer.status === 409 ? status.dataset.conflict : status.dataset.failed;
    } catch {
      status.textContent = status.dataset.failed;
    }
    running = false;
    if (again) { again = false; save(); }
  };
  form.addEventListener("change", (event) => {
    if (!("finds" in event.target.dataset)) save();
  });
})();
