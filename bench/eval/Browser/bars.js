// True when elements of one kind have widths or heights in the ratio of the values, within a twentieth of the largest.
(host, values) => {
  const root = host.shadowRoot ?? host;
  const largest = Math.max(...values);
  const groups = new Map();
  for (const element of root.querySelectorAll("*")) {
    const key = `${element.tagName} ${element.getAttribute("class") ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), element.getBoundingClientRect()]);
  }
  const fits = (sizes) => {
    const longest = Math.max(...sizes);
    return longest > 20 && sizes.every((size, at) => Math.abs(size / longest - values[at] / largest) < 0.05);
  };
  for (const boxes of groups.values()) {
    for (let from = 0; from + values.length <= boxes.length; from++) {
      const some = boxes.slice(from, from + values.length);
      if (fits(some.map((box) => box.width)) || fits(some.map((box) => box.height))) return true;
    }
  }
  return false;
}
