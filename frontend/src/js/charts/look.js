// The tokens of the stylesheet, in ECharts' words.
export function look() {
  const css = getComputedStyle(document.documentElement);
  const token = (name) => css.getPropertyValue(`--${name}`).trim();
  const font = getComputedStyle(document.body).fontFamily;
  const text = (color = "ink-3", size = 12, weight = 400) => ({ color: token(color), fontSize: size, fontWeight: weight, fontFamily: font });
  const narrow = matchMedia("(max-width: 760px)").matches;
  return {
    token,
    text,
    narrow,
    base: { animation: false, textStyle: { fontFamily: font } },
    tooltip: {
      backgroundColor: token("raised"),
      borderColor: token("line-2"),
      padding: [6, 10],
      textStyle: text("ink", 13),
      confine: true,
      className: "lk-tip",
    },
    category: (data, more) => ({
      type: "category",
      data,
      axisLine: { lineStyle: { color: token("line-2") } },
      axisTick: { show: false },
      axisLabel: { ...text(), hideOverlap: true },
      ...more,
    }),
    value: (format, more) => ({
      type: "value",
      min: 0,
      splitNumber: 4,
      axisLine: { show: false },
      axisLabel: { ...text(), formatter: format },
      splitLine: { lineStyle: { color: token("line") } },
      ...more,
    }),
  };
}

export const axisNumber = ({ percent }) => (value) =>
  percent ? `${Number((value * 100).toFixed(1))}%` : value.toLocaleString("en-US");

/** A tooltip as nodes: text from the data is never read as markup. */
export function tip(title, lines) {
  const box = document.createElement("div");
  const line = (words, css) => {
    const item = document.createElement("div");
    item.className = css;
    item.textContent = words;
    box.append(item);
  };
  if (title) line(title, "lk-tip__title");
  lines.filter(Boolean).forEach((words) => line(words, "lk-tip__line"));
  return box;
}

/** Colours of a series: a meaning only for a meaning, otherwise the first leads. */
export function colours(series, index, { token }) {
  const leading = index === 0 ? { mark: token("c1"), ink: token("accent-ink") } : { mark: token("c6"), ink: token("ink-3") };
  return series.mean ? { mark: token(series.mean), ink: token(`${series.mean}-ink`) } : leading;
}
