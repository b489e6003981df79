// A number as readers of the page's language write it.
function figure(number, decimals) {
  const shape = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: false };
  return number.toLocaleString(document.documentElement.lang || "en", shape);
}

