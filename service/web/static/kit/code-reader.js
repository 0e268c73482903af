// Reads QR codes out of a camera's picture: the browser itself where it can, else the module that npm brought. The picture
// stays on the device.
"use strict";

globalThis.codeReader = (() => {
  const load = (address) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });

  const canvas = document.createElement("canvas");
  const drawn = (view, longest) => {
    const scale = Math.min(1, longest / Math.max(view.videoWidth, view.videoHeight));
    canvas.width = view.videoWidth * scale;
    canvas.height = view.videoHeight * scale;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(view, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  const byBrowser = (detector) => async (view) => (await detector.detect(view)).map((code) => code.rawValue);

  const byModule = async (view) => {
    const { width, height } = drawn(view, 1280);
    const picture = canvas.getContext("2d").getImageData(0, 0, width, height);
    const found = await ZXingWASM.readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 4 });
    return found.map((code) => code.text);
  };

  // `reader` and `wasm` are the addresses of the module's files, empty where npm did not bring it. Answers null where
  // nothing here can read; then a server may.
  const choose = async ({ reader, wasm }) => {
    if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      return { by: "browser", read: byBrowser(new BarcodeDetector({ formats: ["qr_code"] })), wait: 150 };
    }
    if (!reader) return null;
    try {
      await load(reader);
      ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm } });
      return { by: "module", read: byModule, wait: 150 };
    } catch {
      return null; // an old browser without WebAssembly, or a file that is gone
    }
  };

  return { choose, drawn };
})();
