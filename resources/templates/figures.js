(() => {
  for (const place of document.querySelectorAll(".figure")) {
    const told = JSON.parse(place.querySelector("script").textContent);
    if (place.clientWidth < 480) {
      const x = told.layout.xaxis;
      if (x && x.tickvals && x.ticktext) {
        const kept = x.tickvals.map((value, i) => i).filter((i) => i === 0 || x.tickvals[i] === 0 || i === x.tickvals.length - 1);
        x.ticktext = kept.map((i) => x.ticktext[i]);
        x.tickvals = kept.map((i) => x.tickvals[i]);
        x.tickangle = 0;
      }
      told.layout.font.size = 11;
    }
    Plotly.newPlot(place, told.data, told.layout, { responsive: true, displayModeBar: false });
  }
})();
