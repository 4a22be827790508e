// The relative luminance (WCAG) of what stands behind the widget's middle: the innermost background there that can be seen, else the page's white.
(host) => {
  const root = host.shadowRoot ?? host;
  const { left, top, width, height } = host.getBoundingClientRect();
  const canvas = document.createElement("canvas").getContext("2d");
  const channelsOf = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const widest = [...root.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width >= width * 0.5 && box.height >= height * 0.5;
  });
  let seen = [255, 255, 255, 255];
  for (const element of [document.documentElement, document.body, host, ...widest]) {
    const channels = channelsOf(getComputedStyle(element).backgroundColor);
    if (channels[3] > 200) seen = channels;
  }
  const [r, g, b] = [...seen].slice(0, 3).map((value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
