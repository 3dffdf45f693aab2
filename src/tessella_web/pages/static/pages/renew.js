// Loads the part marked with data-renew anew, after as many seconds as it says: a code on a screen stays young.
const part = document.querySelector("[data-renew]");
if (part) {
  setInterval(async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-renew]");
    part.replaceChildren(...(fresh ? fresh.childNodes : []));
    if (!fresh) location.reload();
  }, Number(part.dataset.renew) * 1000);
}
