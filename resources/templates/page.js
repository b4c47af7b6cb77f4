(() => {
  const box = document.querySelector("#filter");
  if (!box) return;
  const rows = [...document.querySelectorAll("#orders tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const count = document.querySelector("#shown");
  const none = document.querySelector("#none");
  const apply = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = `${shown} of ${rows.length} shown`;
    none.hidden = shown > 0;
  };
  document.querySelector("#filter-bar").hidden = false;
  box.addEventListener("input", apply);
  apply();
})();
