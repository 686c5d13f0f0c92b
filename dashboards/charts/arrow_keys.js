// Arrow keys on the map: from one municipality to the nearest in that direction. Tab goes through all of them.
if (!window.rtArrowKeys) {
  window.rtArrowKeys = true;
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const middle = (place) => {
    const box = place.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  document.addEventListener("keydown", (event) => {
    const from = document.activeElement, way = ways[event.key];
    if (!way || !from || !from.matches(".rt-map-frame a")) return;
    event.preventDefault();
    const [x, y] = middle(from);
    let nearest = null, least = Infinity;
    for (const place of from.closest(".rt-map-frame").querySelectorAll("a")) {
      const [a, b] = middle(place);
      const along = (a - x) * way[0] + (b - y) * way[1];
      const across = Math.abs((a - x) * way[1]) + Math.abs((b - y) * way[0]);
      if (along > 1 && along + 2 * across < least) {
        least = along + 2 * across;
        nearest = place;
      }
    }
    if (nearest) nearest.focus();
  });
}
