// Passkeys: forms with data-passkey ask the browser for a credential and send what it answers. Without JavaScript or
// passkeys, "sign-in" stays hidden and the other ways in remain.
(() => {
  "use strict";

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function make(options) {
    const chosen = options.publicKey;
    return navigator.credentials.create({
      publicKey: {
        ...chosen,
        challenge: bytes(chosen.challenge),
        user: { ...chosen.user, id: bytes(chosen.user.id) },
        excludeCredentials: named(chosen.excludeCredentials),
        authenticatorSelection: {
          ...chosen.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required",
        },
      },
    });
  }

  async function use(options) {
    const asked = options.publicKey;
    return navigator.credentials.get({
      publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) },
    });
  }

  function written(credential) {
    const answer = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) answer[part] = text(credential.response[part]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  async function asked(form) {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).request_options;
  }

  for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
    form.hidden = false;
    const wrong = form.querySelector("[data-passkey-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      wrong.hidden = true;
      try {
        const options = await asked(form);
        const credential = await (form.dataset.passkey === "make" ? make(options) : use(options));
        form.elements.credential.value = written(credential);
      } catch {
        wrong.hidden = false;
        return;
      }
      form.submit();
    });
  }
})();
