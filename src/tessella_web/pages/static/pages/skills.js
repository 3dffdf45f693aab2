/* Offers skills to tick while one types. Without this file the next screen offers them, with a button to look for more. */
(() => {
  const form = document.querySelector("form[data-skills]");
  if (!form) return;
  const WAIT_MS = 250;
  const offer = (field, id, whole) => {
    let timer = 0;
    let asked = 0;
    const place = document.createElement("fieldset");
    place.className = "field skill-offers";
    place.hidden = true;
    place.append(document.createElement("legend"));
    place.firstChild.textContent = form.dataset.skillsTitle;
    field.closest(".field").after(place);
    const show = (text) => {
      const fresh = new DOMParser().parseFromString(text, "text/html");
      const ticked = [...place.querySelectorAll("label")].filter((one) => one.querySelector("input").checked);
      const there = new Set([...form.querySelectorAll(`input[name="skill-${id}"]`)]
        .filter((one) => one.checked || !place.contains(one)).map((one) => one.value));
      const found = [...fresh.querySelectorAll("label")].filter((one) => !there.has(one.querySelector("input").value));
      const list = document.createElement("div");
      list.className = "choice-cards";
      list.append(...ticked, ...found);
      place.replaceChildren(place.firstChild, list);
      place.hidden = !list.children.length;
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const turn = ++asked;
        const query = new URLSearchParams({ text: field.value, outcome: id, ...(whole ? { whole: "1" } : {}) });
        try {
          const answer = await fetch(`${form.dataset.skills}?${query}`, { credentials: "same-origin" });
          if (answer.ok && turn === asked) show(await answer.text());
        } catch {
          place.hidden = true;
        }
      }, WAIT_MS);
    });
  };
  for (const field of form.querySelectorAll("[data-suggests]")) offer(field, field.dataset.suggests, true);
  for (const field of form.querySelectorAll("[data-finds]")) offer(field, field.dataset.finds, false);
})();
