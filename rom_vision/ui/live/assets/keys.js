// Keys that act on a part of the page, unless they mean something to the browser or to what has the focus in it.
function hearKeys(root, keys) {
  root.onkeydown = (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select")) return;
    if (event.key === " " && event.target.closest("button")) return;
    event.preventDefault();
    act(event);
  };
}

