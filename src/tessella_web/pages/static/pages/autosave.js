/* Saves a form while one works on it, and renews the list of what is missing. Without this file the button saves. */
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = form.querySelector("[data-saved]");
  let running = false;
  let again = false;
  const save = async () => {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, {
        method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, credentials: "same-origin",
      });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("missing");
        const old = document.getElementById("missing");
        if (fresh && old) old.replaceWith(fresh);
      }
      status.textContent = answer.ok ? status.dataset.saved : status.dataset.failed;
    } catch {
      status.textContent = status.dataset.failed;
    }
    running = false;
    if (again) { again = false; save(); }
  };
  form.addEventListener("change", save);
})();
