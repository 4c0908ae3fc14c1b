// Every purchase on a time axis with the customer's own expected window, and where it ends.
import { tip } from "./look.js";

const ROOM = 1.25;
const SHOWN_ON_PHONE = 3;
const DAY = 86_400_000;

/** On a phone the axis begins late, yet never so late that no rhythm is left to see. */
function begin({ from, from_narrow, purchases }, narrow) {
  const third = purchases.at(-SHOWN_ON_PHONE);
  if (!narrow || !from_narrow || !third) return from;
  return Math.min(Date.parse(from_narrow), Date.parse(third.day) - 30 * DAY);
}

/** A zone's name stands in its middle, or beside today's line where that crosses it. */
function zoneLabel(from, to, today) {
  const share = (Date.parse(today) - Date.parse(from)) / (Date.parse(to) - Date.parse(from));
  if (!(share > 0 && share < 1)) return { position: "insideTop", distance: 5 };
  return { position: share < 0.5 ? "insideTopRight" : "insideTopLeft", distance: 5 };
}

function axisLabel(value, language) {
  const day = new Date(value);
  const part = day.getMonth() === 0 ? { year: "numeric" } : { month: "short" };
  return new Intl.DateTimeFormat(language, part).format(day);
}

export function rhythm(data, { text, token, narrow, tooltip }) {
  const top = ROOM * Math.max(...data.purchases.map((p) => p.amount), 1);
  const last = data.purchases.at(-1);
  // A zone too narrow for its name is told by its colour; the clock above names the days.
  const axis = Date.parse(data.to) - new Date(begin(data, narrow));
  const named = (from, to) => Date.parse(to) - Date.parse(from) > axis * (narrow ? 0.15 : 0.05);
  const zone = (from, to, { label, label_narrow, mean }) => [
    { xAxis: from, itemStyle: { color: token(`${mean}-tint`) }, label: { show: named(from, to), formatter: (narrow && label_narrow) || label, ...zoneLabel(from, to, data.today.day), lineHeight: 16, ...text("ink", 12), color: token(`${mean}-ink`) } },
    { xAxis: to },
  ];
  const lost = data.lost && { ...data.lost, mean: "lost" };
  const risk = data.risk && { ...data.risk, mean: "risk" };
  return {
    grid: { left: 8, right: 8, top: 22, bottom: 22 },
    tooltip: { ...tooltip, trigger: "item", formatter: ({ data: { text: words } }) => words && tip("", [words].flat()) },
    xAxis: {
      type: "time",
      min: begin(data, narrow),
      max: data.to,
      splitNumber: narrow ? 3 : 6,
      containShape: false,
      axisLine: { lineStyle: { color: token("ink-3") } },
      axisTick: { lineStyle: { color: token("line-2") } },
      axisLabel: { ...text(), hideOverlap: true, formatter: (value) => axisLabel(value, document.documentElement.lang) },
      splitLine: { show: false },
    },
    yAxis: { type: "value", min: 0, max: top, show: false },
    series: [
      {
        type: "bar",
        barWidth: 6,
        cursor: "pointer",
        data: data.purchases.map((p) => ({ value: [p.day, p.amount], url: p.url, text: p.text })),
        itemStyle: { color: token("c1"), borderRadius: [2, 2, 0, 0] },
        markArea: {
          silent: true,
          data: [...(risk ? [zone(risk.from, lost?.from ?? data.to, risk)] : []), ...(lost ? [zone(lost.from, data.to, lost)] : [])],
        },
        markLine: {
          silent: true,
          symbol: "none",
          data: [{ xAxis: data.today.day, lineStyle: { color: token("ink"), type: "solid", width: 1.5 }, label: { formatter: data.today.label, position: "end", distance: 4, ...text("ink", 12, 600) } }],
        },
      },
      {
        type: "custom",
        silent: true,
        clip: true,
        encode: { x: [0, 1], y: 2 },
        data: (data.windows ?? []).map(({ from, to }) => [Date.parse(from), Date.parse(to), 0]),
        renderItem: (_, api) => {
          const [left, bottom] = api.coord([api.value(0), 0]);
          const [right] = api.coord([api.value(1), 0]);
          return { type: "rect", shape: { x: left, y: bottom - 22, width: right - left, height: 22 }, style: { fill: "transparent", stroke: token("ink-3"), lineWidth: 1, lineDash: [3, 2] } };
        },
      },
      {
        type: "scatter",
        symbolSize: 8,
        itemStyle: { color: token("raised"), borderColor: token("ink-3"), borderWidth: 1.5, opacity: 1 },
        data: (data.missed ?? []).map(({ day, text: words }) => ({ value: [day, top * 0.1], text: words })),
      },
      {
        type: "scatter",
        silent: true,
        symbolSize: 0.1,
        data: last?.label ? [{ value: [last.day, last.amount], label: { show: true, position: "left", distance: 8, formatter: last.label, lineHeight: 16, align: "right", ...text("ink", 12) } }] : [],
      },
    ],
  };
}
