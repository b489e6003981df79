"""A camera before which somebody does what the far screen says: unlike a film, they wait for the cue."""

import av

from docs.camera_film import CLIP, OTHER_SIDE, truth_of, webcam_film

CLIPS = {"left": CLIP, "right": OTHER_SIDE}
TO_SWING = {"Swing outward", "Good, again", "Once more", "Other way"}
AROUND_S = 0.25

# Runs in every frame of the page. At rest the beginning of a clip goes round and round, with the noise of a sensor: a
# picture that is repeated would count as a line that is stuck.
PERSON = """
window.person = (() => {
  const REST = [0.1, 1.3], PICTURES_PER_S = 30, canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { alpha: false }), noise = [], films = {};
  let film = null, swing = null;
  const load = async (side) => {
    const video = Object.assign(document.createElement("video"), { muted: true });
    video.src = URL.createObjectURL(await (await fetch(`/acting/${side}.webm`)).blob());
    await new Promise((done, failed) => { video.oncanplaythrough = done; video.onerror = failed; });
    films[side] = video;
  };
  const grain = () => {
    const grey = brush.createImageData(canvas.width, canvas.height);
    for (let i = 0; i < grey.data.length; i += 4) {
      grey.data.fill(255 * Math.random(), i, i + 3);
      grey.data[i + 3] = 10;
    }
    return createImageBitmap(grey);
  };
  const draw = () => {
    const [from, to] = swing || REST;
    if (film.ended || film.currentTime >= to) swing = null;
    if (film.paused || film.ended || film.currentTime >= to || film.currentTime < from - 0.5) {
      film.currentTime = (swing || REST)[0];
      film.play();
    }
    brush.drawImage(film, 0, 0);
    brush.drawImage(noise[Math.floor(noise.length * Math.random())], 0, 0);
  };
  return {
    async open() {
      if (!film) {
        await Promise.all(["left", "right"].map(load));
        film = films.left;
        [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
        noise.push(...await Promise.all([1, 2, 3, 4, 5].map(grain)));
        setInterval(draw, 1000 / PICTURES_PER_S);
      }
      return canvas.captureStream(PICTURES_PER_S);
    },
    act(side, span) {
      if (swing || !film) return false;
      if (film !== films[side]) { film.pause(); film = films[side]; }
      swing = span;
      film.currentTime = span[0];
      return true;
    },
  };
})();
navigator.mediaDevices.getUserMedia = async () => window.camera = await window.person.open();
"""


def _write_webm(film, path):
    pictures, length_s = film
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libvpx", rate=round(len(pictures) / length_s), options={"deadline": "realtime"})
        stream.height, stream.width = pictures[0][1].shape[:2]
        stream.pix_fmt, stream.bit_rate = "yuv420p", 4_000_000
        for _, rgb in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        out.mux(stream.encode(None))


class ActingPerson:
    """The person before the camera of ``page``; to be made before the page is opened."""

    def __init__(self, page, folder):
        self._page, self._swings = page, 0
        for side, clip in CLIPS.items():
            _write_webm(webcam_film(clip), folder / f"{side}.webm")
        page.route("**/acting/*.webm", lambda route: route.fulfill(path=folder / route.request.url.rpartition("/")[2]))
        page.add_init_script(PERSON)

    def act(self, side):
        """Do what the far screen says now, with the leg of ``side``."""
        if not TO_SWING & set(self._page.locator(".far .cue").all_inner_texts()):
            return
        swings = truth_of(CLIPS[side])["repetitions"]
        swing = swings[self._swings % len(swings)]
        span = [swing["start_s"] - AROUND_S, swing["end_s"] + AROUND_S]
        for frame in self._page.frames:
            if frame.evaluate("([side, span]) => !!window.camera && person.act(side, span)", [side, span]):
                self._swings += 1
