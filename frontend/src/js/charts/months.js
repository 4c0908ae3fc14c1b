// Lines over months, each with its 95 % band and its name at the end of the line.
import { axisNumber, colours, tip } from "./look.js";

function band(series, color) {
  const stack = `band-${series.name}`;
  const quiet = { type: "line", stack, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
  return [
    { ...quiet, data: series.points.map((p) => p?.low ?? null) },
    { ...quiet, data: series.points.map((p) => (p?.high == null ? null : p.high - p.low)), areaStyle: { color, opacity: 0.13 } },
  ];
}

function lastOf(points) {
  return points.findLast((point) => point?.y != null);
}

/** Names at the line's end must not cover each other: the lower one moves down. */
function offsets(all, top, height) {
  const ends = all.map(({ points }, i) => ({ i, at: (1 - (lastOf(points)?.y ?? 0) / top) * height })).sort((a, b) => a.at - b.at);
  const shift = [];
  let free = -Infinity;
  for (const { i, at } of ends) {
    const y = Math.max(at, free);
    shift[i] = y - at;
    free = y + 16;
  }
  return shift;
}

export function months(data, style) {
  const { text, narrow } = style;
  const top = data.max ?? Math.max(...data.series.flatMap((s) => s.points.map((p) => p?.high ?? p?.y ?? 0)));
  const shift = offsets(data.series, top, 200);
  const names = Math.max(...data.series.map((s) => `${s.name} ${lastOf(s.points)?.text ?? ""}`.replace(/[^\x00-\xff]/g, "xx").length));
  return {
    grid: { left: 40, right: Math.min(names * 6.2 + 16, narrow ? 134 : 180), top: 12, bottom: 24 },
    tooltip: {
      ...style.tooltip,
      trigger: "axis",
      axisPointer: { type: "line", lineStyle: { color: style.token("line-2") } },
      formatter: (items) => {
        const index = items[0].dataIndex;
        return tip(data.titles?.[index] ?? data.x[index], data.series.map(({ name, points }) => points[index] && `${name} ${points[index].tip ?? points[index].text}`));
      },
    },
    xAxis: style.category(data.x, { boundaryGap: false }),
    yAxis: style.value(axisNumber(data), { max: data.max }),
    series: data.series.flatMap((series, i) => {
      const { mark, ink } = colours(series, i, style);
      return [
        ...(series.points.some((p) => p?.low != null) ? band(series, mark) : []),
        {
          type: "line",
          name: series.name,
          data: series.points.map((p) => (p?.y == null ? null : { value: p.y, url: p.url })),
          cursor: "pointer",
          symbol: "circle",
          symbolSize: 7,
          lineStyle: { width: 2, color: mark, type: series.dashed ? [4, 3] : "solid" },
          itemStyle: { color: mark },
          emphasis: { scale: 1.6, lineStyle: { width: 2 } },
          endLabel: {
            show: true,
            formatter: `${series.name} ${lastOf(series.points)?.text ?? ""}`,
            offset: [4, shift[i]],
            ...text("ink", 12, 600),
            color: ink,
          },
        },
      ];
    }),
  };
}
