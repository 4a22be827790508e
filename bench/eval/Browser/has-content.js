// True when the widget shows anything: a word, a field, or a picture with a size.
(host) => {
  const root = host.shadowRoot ?? host;
  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  for (const element of root.querySelectorAll("*")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    if ((hasText || element.matches("input, textarea, select, button, canvas, svg, img, progress")) && isSeen(element)) return true;
  }
  return false;
}
