// Charts read the table beside them: no data of their own; tooltips as canvas text, so that a strict CSP holds.
const css = getComputedStyle(document.documentElement);
const colour = (name) => css.getPropertyValue(name).trim();

for (const place of document.querySelectorAll('[data-chart]')) {
  const table = document.getElementById(place.dataset.table);
  const cell = (c) => c.textContent.trim().replaceAll(',', '');
  const head = [...table.tHead.rows[0].cells].map((c) => c.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((r) => [...r.cells].map(cell));
  const chart = echarts.init(place, null, { renderer: 'svg' });
  const text = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, color: colour('--zy-ink2') };
  const burden = place.dataset.chart === 'burden';
  const series = head.slice(1).map((name, i) => {
    const data = rows.map((r) => Number(r[i + 1]));
    if (burden) {
      const palette = ['#35517d', '#7c9cc9', '#23744f', '#8fbfa6', '#8a7a4a'];
      return { name, data, type: 'bar', itemStyle: { color: palette[i % 5] }, barMaxWidth: 14, barGap: 0, barCategoryGap: '28%' };
    }
    const line = i ? colour('--zy-ok') : colour('--zy-edge');
    return {
      name, data, type: 'line', symbol: 'none', step: i ? false : 'end',
      lineStyle: { width: 2, color: line, type: i ? 'solid' : 'dashed' }, itemStyle: { color: line },
      areaStyle: i ? { color: colour('--zy-ok-t') } : undefined,
    };
  });
  const yAxis = { type: 'value', splitLine: { lineStyle: { color: colour('--zy-line') } }, axisLabel: text };
  if (burden) {
    yAxis.name = place.dataset.unit || '';
    yAxis.nameTextStyle = text;
    const limit = Number(place.dataset.limit);
    if (limit) {
      yAxis.max = (found) => Math.max(limit, found.max);
      series[0].markLine = {
        silent: true, symbol: 'none', data: [{ yAxis: limit }],
        label: { formatter: place.dataset.limitLabel || String(limit), color: colour('--zy-late'), position: 'insideEndTop' },
        lineStyle: { color: colour('--zy-late'), type: 'dashed' },
      };
    }
  }
  // On a phone the legend takes several lines: the drawing begins below them.
  const wide = series.reduce((sum, one) => sum + 36 + [...one.name].reduce((n, c) => n + (c > '\u2e80' ? 13 : 7), 0), 0);
  const lines = Math.ceil(wide / Math.max(place.clientWidth, 1));
  chart.setOption({
    animation: false, textStyle: text, series, yAxis,
    tooltip: { trigger: 'axis', renderMode: 'richText' },
    grid: { left: 8, right: 16, top: (burden ? 52 : 36) + (lines - 1) * 20, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: text },
    xAxis: {
      type: 'category', data: rows.map((r) => r[0]), axisLabel: text, axisTick: { show: false },
      axisLine: { lineStyle: { color: colour('--zy-edge') } },
    },
  });
  addEventListener('resize', () => chart.resize());
}
