// The verifier's page: files dropped anywhere on the page go into the form, and a camera reads the code where the browser can
// (BarcodeDetector). Without JavaScript, or where it cannot, the fields do the same: a photo is read on the server.
(() => {
  "use strict";

  const drop = document.querySelector("input[data-drop]");
  const scan = document.querySelector("input[data-scan]");
  const words = document.querySelector("[data-camera]");
  const form = drop && drop.form;
  if (!form) return;

  const hasFiles = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.add("is-dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("is-dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.remove("is-dropping");
    drop.files = event.dataTransfer.files;
    drop.focus();
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData && event.clipboardData.files;
    if (!files || !files.length) return;
    event.preventDefault();
    drop.files = files;
    drop.focus();
  });

  async function canScan() {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return false;
    const formats = await window.BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code");
  }

  function camera() {
    const text = form.elements.namedItem("text");
    const box = document.createElement("div");
    const button = document.createElement("button");
    const status = document.createElement("p");
    const video = document.createElement("video");
    let stream = null;
    box.className = "verify-camera field";
    button.type = "button";
    button.className = "button button-second";
    button.textContent = words.dataset.camera;
    status.setAttribute("role", "status");
    video.muted = true;
    video.playsInline = true;
    video.hidden = true;
    video.setAttribute("aria-label", words.dataset.picture);
    box.append(button, status, video);
    scan.closest(".field").after(box);

    function stop() {
      if (stream) stream.getTracks().forEach((one) => one.stop());
      stream = null;
      video.hidden = true;
      button.textContent = words.dataset.camera;
    }

    async function look(detector) {
      if (!stream) return;
      const found = await detector.detect(video).catch(() => []);
      if (found.length && stream) {
        stop();
        text.value = found[0].rawValue;
        status.textContent = words.dataset.found;
        form.requestSubmit();
        return;
      }
      window.setTimeout(() => look(detector), 200);
    }

    button.addEventListener("click", async () => {
      if (stream) {
        stop();
        return;
      }
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        status.textContent = words.dataset.refused;
        return;
      }
      video.srcObject = stream;
      video.hidden = false;
      button.textContent = words.dataset.stop;
      status.textContent = words.dataset.hold;
      await video.play();
      look(new window.BarcodeDetector({ formats: ["qr_code"] }));
    });
    window.addEventListener("pagehide", stop);
  }

  if (scan && words) canScan().then((able) => able && camera()).catch(() => {});
})();
