// The verifier's page: files dropped anywhere on the page go into the form, and a camera sees the code. Where the browser reads codes
// (BarcodeDetector) that is all; elsewhere a button takes the picture, which is read on the server like any photo. Without JavaScript
// the fields do the same.
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

  async function detectorOrNone() {
    if (!("BarcodeDetector" in window)) return null;
    const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    return formats.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
  }

  function makeButton(words) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-second";
    button.textContent = words;
    return button;
  }

  function camera(detector) {
    const text = form.elements.namedItem("text");
    const box = document.createElement("div");
    const button = makeButton(words.dataset.camera);
    const shutter = makeButton(words.dataset.shoot);
    const status = document.createElement("p");
    const video = document.createElement("video");
    let stream = null;
    box.className = "verify-camera field";
    shutter.hidden = true;
    status.setAttribute("role", "status");
    video.muted = true;
    video.playsInline = true;
    video.hidden = true;
    video.setAttribute("aria-label", words.dataset.picture);
    box.append(button, status, video, shutter);
    scan.closest(".field").after(box);

    function stop() {
      if (stream) stream.getTracks().forEach((one) => one.stop());
      stream = null;
      video.hidden = shutter.hidden = true;
      button.textContent = words.dataset.camera;
    }

    async function look() {
      if (!stream) return;
      const found = await detector.detect(video).catch(() => []);
      if (found.length && stream) {
        stop();
        text.value = found[0].rawValue;
        status.textContent = words.dataset.found;
        form.requestSubmit();
        return;
      }
      window.setTimeout(look, 200);
    }

    shutter.addEventListener("click", () => {
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      stop();
      canvas.toBlob((picture) => {
        const files = new DataTransfer();
        files.items.add(new File([picture], "camera.png", { type: picture.type }));
        scan.files = files.files;
        form.requestSubmit();
      }, "image/png");
    });

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
      shutter.hidden = Boolean(detector);
      if (detector) look();
    });
    window.addEventListener("pagehide", stop);
  }

  const hasCamera = navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
  if (scan && words && hasCamera) detectorOrNone().then(camera);
})();
