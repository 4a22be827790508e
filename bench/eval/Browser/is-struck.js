// True when the element, or what it lies in up to the widget's edge, is crossed out or marked as done.
(element) => {
  for (let at = element; at !== null && at.tagName !== "UL" && at.tagName !== "OL"; at = at.parentElement) {
    if (getComputedStyle(at).textDecorationLine.includes("line-through") || /\b(done|complete|completed|checked)\b/.test(at.className)) return true;
  }
  return false;
}
