// Put one joint in its place in a picture: by dragging or tapping, or with the arrow keys (with Shift in larger steps).
const SVG = "http://www.w3.org/2000/svg";
const COARSE = 10;

function drawn(name, attributes) {
  const part = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
  return part;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".place");
  const { width, height, box, bones, found, image, label } = data;
  const size = Math.max(box[2], box[3]) / 60;
  // The page may draw this again at any time: the ring stays where it was put.
  let [x, y] = root.romVisionPut?.of === label + found ? root.romVisionPut.at : found;
  root.setAttribute("viewBox", box.join(" "));
  root.setAttribute("aria-label", label);
  const ring = drawn("circle", { class: "put", r: size });
  const cross = [drawn("line", { class: "cross" }), drawn("line", { class: "cross" })];

  function show() {
    ring.setAttribute("cx", x);
    ring.setAttribute("cy", y);
    [[size, 0], [0, size]].forEach(([dx, dy], i) => {
      for (const [key, value] of Object.entries({ x1: x - dx, x2: x + dx, y1: y - dy, y2: y + dy })) cross[i].setAttribute(key, value);
    });
  }

  function move(toX, toY) {
    x = Math.max(0, Math.min(width, toX));
    y = Math.max(0, Math.min(height, toY));
    root.romVisionPut = { of: label + found, at: [x, y] };
    show();
  }

  function to(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(root.getScreenCTM().inverse());
    move(at.x, at.y);
  }

  const tell = () => setStateValue("point", [x, y]);
  root.replaceChildren();
  if (image) root.append(drawn("image", { href: image, x: 0, y: 0, width, height }));
  bones.forEach(([x1, y1, x2, y2]) => root.append(drawn("line", { class: "bone", x1, y1, x2, y2 })));
  root.append(drawn("circle", { class: "found", r: size, cx: found[0], cy: found[1] }), ring, ...cross);
  root.onpointerdown = (event) => { root.setPointerCapture(event.pointerId); to(event); };
  root.onpointermove = (event) => { if (event.buttons) to(event); };
  root.onpointerup = (event) => { to(event); tell(); };
  const by = (right, down) => (event) => {
    const step = event.shiftKey ? COARSE : 1;
    move(x + step * right, y + step * down);
  };
  hearKeys(root, { ArrowLeft: by(-1, 0), ArrowRight: by(1, 0), ArrowUp: by(0, -1), ArrowDown: by(0, 1) });
  root.onkeyup = (event) => { if (event.key.startsWith("Arrow")) tell(); };
  show();
}
