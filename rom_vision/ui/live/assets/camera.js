// Presses the camera component's own start button, once, and reports what becomes of it.
//
// The component's wish to play at once is followed several times over while it loads, and the connections get mixed up.
// The way in which it asks for the camera is watched, so that a refusal is answered at once, in words.

function watched(view, report) {
  const devices = view.navigator.mediaDevices;
  if (!devices) {
    report("insecure");
    return;
  }
  if (devices.romVision) return;
  devices.romVision = true;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    try {
      const stream = await ask(wanted);
      report("");
      return stream;
    } catch (fault) {
      report(fault?.name ?? "unknown");
      throw fault;
    }
  };
}

export default function ({ data, setStateValue }) {
  window.romVisionTell = setStateValue;
  const report = (fault) => { if (data.watch) window.romVisionTell("fault", fault); };
  const frames = () => [...document.querySelectorAll('iframe[src*="webrtc"]')];
  const name = () => {
    for (const frame of frames()) {
      frame.title = data.name;
      const video = frame.contentDocument?.querySelector("video");
      if (video) video.setAttribute("aria-label", data.name);
    }
  };
  name();
  if (window.romVisionCamera === data.key) return;
  window.romVisionCamera = data.key;
  const press = (left) => {
    if (window.romVisionCamera !== data.key) return;
    name();
    for (const frame of frames()) {
      const page = frame.contentDocument;
      const buttons = [...(page?.querySelectorAll("button") ?? [])];
      const start = buttons.find((button) => button.textContent.trim() === data.start && !button.disabled);
      if (!start) continue;
      watched(frame.contentWindow, report);
      // Before the component sees the click: it changes the button's word at once.
      page.addEventListener("click", (event) => {
        const label = event.target.closest?.("button")?.textContent.trim();
        if (label === data.stop) window.romVisionTell("paused", true);
        if (label === data.start) window.romVisionTell("paused", false);
      }, true);
      start.click();
      for (const ms of [1000, 3000, 8000]) setTimeout(name, ms);
      return;
    }
    if (left) setTimeout(press, 200, left - 1);
  };
  press(100);
}
