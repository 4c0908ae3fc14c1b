// Amounts side by side from a zero line, lying down when the names are long.
import { axisNumber, colours, tip } from "./look.js";

export function bars(data, style) {
  const { text, token } = style;
  const names = style.category(data.x, data.lying ? { inverse: true, axisLine: { show: false }, axisLabel: text("ink", 13) } : {});
  const amounts = style.value(axisNumber(data), data.max ? { max: data.max } : {});
  return {
    grid: { left: 8, right: data.lying ? 56 : 12, top: 20, bottom: 4, containLabel: true },
    tooltip: {
      ...style.tooltip,
      trigger: "item",
      formatter: ({ dataIndex, seriesIndex }) => {
        const { name, points } = data.series[seriesIndex];
        return tip(data.titles?.[dataIndex] ?? data.x[dataIndex], [`${name ?? ""} ${points[dataIndex].tip ?? points[dataIndex].text}`.trim()]);
      },
    },
    xAxis: data.lying ? amounts : names,
    yAxis: data.lying ? names : amounts,
    series: data.series.map((series, i) => ({
      type: "bar",
      name: series.name,
      cursor: "pointer",
      barMaxWidth: data.lying ? 18 : 36,
      itemStyle: { color: colours(series, i, style).mark, borderRadius: data.lying ? [0, 2, 2, 0] : [2, 2, 0, 0] },
      data: series.points.map((p) => ({ value: p.y, url: p.url, itemStyle: p.mean ? { color: token(p.mean) } : undefined })),
      label: { show: true, position: data.lying ? "right" : "top", formatter: ({ dataIndex }) => series.points[dataIndex].text, ...text("ink", 12) },
      labelLayout: { hideOverlap: true },
    })),
  };
}
